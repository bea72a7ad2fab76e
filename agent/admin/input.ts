// What a caller says is checked against a schema; what does not fit is a 400 that names every mistake with its place.

import type { Context } from 'hono'
import type { z } from 'zod'
import { Problem } from './problem.ts'

/** Every mistake in one line. @param whole how the thing is called where a mistake has no place in it */
export function mistakesIn(error: z.ZodError, whole: string): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}`).join('; ')
}

/** The value as the schema makes it. Throws Problem `bad-query`, `bad-body` or `bad-type`. */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: 'query' | 'body' | 'type',
): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Problem(400, `bad-${what}`, mistakesIn(parsed.error, what))
}

/** The JSON of the body. Throws Problem. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch {
    throw new Problem(400, 'bad-body', 'the body is not JSON')
  }
}
