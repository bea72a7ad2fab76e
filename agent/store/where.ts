// Optional conditions of a question: those whose values are given, and no others.

import type { Value } from './sql.ts'

/**
 * The WHERE clause, empty where no value is given; each value that is given is added to `values`.
 * @param conditions a column with its comparison, as `at >=`, and what it is compared with
 */
export function whereOf(
  conditions: readonly (readonly [condition: string, value: Value | undefined])[],
  values: Value[],
): string {
  const given = conditions.flatMap(([condition, value]) =>
    value === undefined ? [] : [`${condition} $${values.push(value)}`],
  )
  return given.length === 0 ? '' : `WHERE ${given.join(' AND ')}`
}
