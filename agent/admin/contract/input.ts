// What a request says, read by the declaration: every parameter known and given once, the body JSON in UTF-8, mistakes named with what is allowed.

import type { Context } from 'hono'
import type { z } from 'zod'
import { suggest } from '../../config/suggest.ts'
import { Problem } from '../problem.ts'
import type { Endpoint } from './endpoint.ts'
import { mistakesIn, namesOf } from './mistakes.ts'
import { type ProblemCode, problemKinds } from './problems.ts'

/** Names of unknown parameters that are told. */
const MOST_TOLD = 3

/** Throws Problem. */
export function readParams(c: Context, e: Endpoint): unknown {
  if (!e.params) return undefined
  return checked(e, e.params, c.req.param(), 'not-found', 'path')
}

/** Throws Problem. */
export function readQuery(c: Context, e: Endpoint): unknown {
  if (e.ownQuery) return undefined
  const known = namesOf(e.query)
  const given = new Map<string, string>()
  const unknown: string[] = []
  for (const [name, value] of new URL(c.req.url).searchParams) {
    if (!known.includes(name)) unknown.push(name)
    else if (given.has(name)) throw new Problem(400, 'bad-query', `${name}: found twice, allowed: once`)
    given.set(name, value)
  }
  if (unknown.length > 0) throw new Problem(400, 'bad-query', unknownNames(unknown, known))
  return e.query && checked(e, e.query, Object.fromEntries(given), 'bad-query', 'query')
}

/** Throws Problem. */
export async function readBody(c: Context, e: Endpoint): Promise<unknown> {
  if (!e.body) return undefined
  const { schema, optional, unsaid, example } = e.body
  const refuse = (mistake: string): never => {
    throw new Problem(400, 'bad-body', mistake)
  }
  const bytes = await c.req.arrayBuffer().catch((error: unknown) => {
    if (error instanceof Problem) throw error
    return refuse('the body did not arrive whole')
  })
  const json =
    parse(bytes, optional === true) ??
    refuse(`the body is not JSON, allowed: such as ${JSON.stringify(example)}`)
  const parsed = schema.safeParse(json.value)
  if (parsed.success) return parsed.data
  return refuse(
    mistakesIn(parsed.error, { schema, value: json.value, whole: 'body', ...(unsaid && { unsaid }) }),
  )
}

/** Null for what is not JSON in UTF-8. Whatever content type is named, it is read as JSON: nothing else is taken here. */
function parse(bytes: ArrayBuffer, optional: boolean): { value: unknown } | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (optional && text.trim() === '') return { value: {} }
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

function checked(e: Endpoint, schema: z.ZodType, value: unknown, usual: ProblemCode, whole: string): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const about = String(parsed.error.issues[0]?.path[0] ?? '')
  const code = e.codes?.[about] ?? usual
  throw new Problem(
    problemKinds[code].status[0] as 400,
    code,
    code === 'not-found'
      ? 'there is nothing at this path'
      : mistakesIn(parsed.error, { schema, value, whole }),
  )
}

function unknownNames(unknown: readonly string[], known: readonly string[]): string {
  const shown = unknown.slice(0, MOST_TOLD).map((name) => `"${name.slice(0, 40)}"`)
  const more = unknown.length > MOST_TOLD ? ` and ${unknown.length - MOST_TOLD} more` : ''
  const near = suggest(unknown[0] ?? '', known)
  const hint = near === null ? '' : `; did you mean ${near}?`
  const allowed = known.length === 0 ? 'none' : known.join(', ')
  return `query: found ${shown.join(', ')}${more}, allowed: ${allowed}${hint}`
}
