// What is wrong with an input, in words: for each mistake its place, what was found and what is allowed.

import { z } from 'zod'
import { suggest } from '../../config/suggest.ts'

/** How an input is looked at. */
export interface Looked {
  schema: z.ZodType
  /** What was given. */
  value: unknown
  /** How the whole is called, where a mistake has no place in it. */
  whole: string
  /** Fields of which only the length is repeated: what people write and whom they write to. */
  unsaid?: readonly string[]
}

type Issue = z.core.$ZodIssue

const MOST_SHOWN = 40
/** Sentences of the library, which do not say what was found. */
const notOurs = /^(Invalid|Too small|Too big|Unrecognized|Expected)/

/** Every mistake in one line. */
export function mistakesIn({ issues }: z.ZodError, looked: Looked): string {
  return issues.map((issue) => `${issue.path.join('.') || looked.whole}: ${toldOf(issue, looked)}`).join('; ')
}

/** The parameters of a query, or the fields of a body. */
export function namesOf(schema: z.ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function toldOf(issue: Issue, looked: Looked): string {
  // A sentence of ours that says everything.
  if (/\bfound\b/.test(issue.message)) return issue.message
  return `found ${foundIn(issue, looked)}, allowed: ${allowedBy(issue, looked)}`
}

function foundIn(issue: Issue, { value, unsaid = [] }: Looked): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, 3).map(quoted).join(', ')
  const found = at(value, issue.path)
  if (found === undefined) return 'nothing'
  if (typeof found === 'string') {
    const ofLength = (issue.code === 'too_small' || issue.code === 'too_big') && found !== ''
    return ofLength || unsaid.includes(String(issue.path[0])) ? charactersOf(found) : quoted(found)
  }
  if (Array.isArray(found)) return issue.code === 'too_big' ? `${found.length} entries` : 'a list'
  if (typeof found !== 'object' || found === null) return String(found)
  return Object.keys(found).length === 0 ? '{}' : 'an object'
}

function allowedBy(issue: Issue, { schema, value }: Looked): string {
  const { code, message } = issue
  if (!notOurs.test(message)) return message.replace(/^allowed: /, '')
  if (code === 'invalid_value') return issue.values.join(', ')
  if (code === 'invalid_type') return kinds[issue.expected] ?? issue.expected
  if (code === 'invalid_format') return issue.format === 'uuid' ? 'a UUID' : `a ${issue.format}`
  if (code === 'too_small') return `at least ${issue.minimum}${unitOf(issue.origin)}`
  if (code === 'too_big') return `at most ${issue.maximum}${unitOf(issue.origin)}`
  if (code === 'unrecognized_keys') return namesAt(schema, issue.path, issue.keys[0] ?? '')
  if (code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return issue.options.join(', ')
  return `what the reference says of it (${value === undefined ? 'it is required' : message})`
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}

/** What an object may have, with the name that is near to the one that it does not have. */
function namesAt(schema: z.ZodType, path: readonly PropertyKey[], said: string): string {
  const known = path.length === 0 ? namesOf(schema) : []
  if (known.length === 0) return 'the fields that the reference shows'
  const near = suggest(said, known)
  return `${known.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  )
}

function quoted(text: string): string {
  const shown = [...text.slice(0, MOST_SHOWN + 1)].slice(0, MOST_SHOWN).join('')
  return `${JSON.stringify(shown)}${shown.length < text.length ? '...' : ''}`
}

function charactersOf({ length }: string): string {
  return `${length} ${length === 1 ? 'character' : 'characters'}`
}
