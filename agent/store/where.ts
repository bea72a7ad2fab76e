// Optional conditions of a question: those whose values are given, and no others.

import type { Value } from './sql.ts'

/** A condition that adds its values to those of the question; empty where it has nothing to say. */
export type Also = (values: Value[]) => string

/**
 * The WHERE clause, empty where no value is given; each value that is given is added to `values`.
 * @param conditions a column with its comparison, as `at >=`, and what it is compared with
 * @param also a condition beside those
 */
export function whereOf(
  conditions: readonly (readonly [condition: string, value: Value | undefined])[],
  values: Value[],
  also?: Also,
): string {
  const one = conditions.flatMap(([condition, value]) =>
    value === undefined ? [] : [`${condition} $${values.push(value)}`],
  )
  const more = also?.(values) ?? ''
  const given = more === '' ? one : [...one, more]
  return given.length === 0 ? '' : `WHERE ${given.join(' AND ')}`
}
