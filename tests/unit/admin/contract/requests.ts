// Requests made from the document alone: good ones from its examples and schemas, and bad ones of every kind that callers and attackers make.

import { apiDocument } from '../../../../agent/admin/reference/document.ts'
import { type Operation, operations } from '../../../harness/contract.ts'

interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  example?: unknown
  default?: unknown
  minimum?: number
  properties?: Record<string, Schema>
  required?: string[]
}
interface Parameter {
  in: 'path' | 'query' | 'header'
  name: string
  schema: Schema
  example?: unknown
}
type Sent = RequestInit['body'] | null

export interface Declared extends Operation {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema; example: object }> }
  'x-linda-role': 'viewer' | 'operator' | 'admin' | 'open'
  'x-linda-scope': 'pools' | 'fleet' | 'none'
  'x-linda-stream'?: boolean
}

export interface Asked {
  operation: Declared
  path: string
  init: RequestInit
  /** What is wrong with it; empty for a good one. */
  what: string
}

export const declared = operations as unknown as readonly Declared[]
const schemas = (apiDocument().components?.schemas ?? {}) as Record<string, Schema>
const json = { 'content-type': 'application/json' }

function sample(schema: Schema): unknown {
  if (schema.$ref) return sample(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  return schema.example ?? schema.enum?.[0] ?? schema.const ?? schema.default ?? schema.minimum
}

function parameters(operation: Declared, where: Parameter['in']): Parameter[] {
  return (operation.parameters ?? []).filter((parameter) => parameter.in === where)
}

function pathOf(operation: Declared, values: Record<string, string> = {}): string {
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters(operation, 'path').find((each) => each.name === name)
    return values[name] ?? encodeURIComponent(String(sample(parameter?.schema ?? {}) ?? 'x'))
  })
}

function bodyOf({ requestBody }: Declared): object | undefined {
  return requestBody?.content['application/json']?.example
}

export function initOf(operation: Declared, body: Sent = null): RequestInit {
  const { method } = operation
  const example = bodyOf(operation)
  const sent = body ?? (example ? JSON.stringify(example) : null)
  return { method, ...(sent === null ? {} : { body: sent, headers: json }) }
}

/** As plain as it gets, then with each parameter that has an example. */
export function goodOf(operation: Declared): Asked[] {
  const path = pathOf(operation)
  const plain = { operation, path, init: initOf(operation), what: '' }
  const more = parameters(operation, 'query').flatMap(({ name, schema }) => {
    const value = sample(schema)
    if (value === undefined || value === null) return []
    return [{ ...plain, path: `${path}?${new URLSearchParams({ [name]: String(value) })}` }]
  })
  return [plain, ...more]
}

/** Raw, as they go over the wire. */
const tricks = [
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e',
  '%00',
  '%ff',
  '%',
  '%F0%9F%98%80',
  "'%20OR%20'1'='1",
  '__proto__',
  'constructor',
  'x'.repeat(5_000),
]
const wrongValues = [
  '',
  ' ',
  '-1',
  '0',
  '1e9',
  'x',
  '\u0000',
  "'; DROP TABLE message; --",
  '__proto__',
  'é',
  'y'.repeat(5_000),
]

export function badOf(operation: Declared): Asked[] {
  const path = pathOf(operation)
  const init = initOf(operation)
  const as = (what: string, at: string, more: RequestInit = init): Asked => ({
    operation,
    path: at,
    init: more,
    what,
  })
  const ofPath = parameters(operation, 'path').flatMap(({ name }) =>
    tricks.map((trick) => as(`${name}=${trick.slice(0, 30)}`, pathOf(operation, { [name]: trick }))),
  )
  const ofQuery = parameters(operation, 'query').flatMap(({ name }) => [
    ...wrongValues.map((value) =>
      as(`${name}=${value.slice(0, 30)}`, `${path}?${name}=${encodeURIComponent(value)}`),
    ),
    as(`${name} in bad UTF-8`, `${path}?${name}=%ff%fe`),
    as(`${name} twice`, `${path}?${name}=1&${name}=2`),
  ])
  return [...ofPath, ...ofQuery, as('an unknown parameter', `${path}?colour=red`), ...ofBody(operation, path)]
}

function ofBody(operation: Declared, path: string): Asked[] {
  const example = bodyOf(operation)
  const schema = operation.requestBody?.content['application/json']?.schema
  if (!example || !schema) return []
  const { method } = operation
  const as = (what: string, body: NonNullable<Sent>, headers: Record<string, string> = json): Asked => ({
    operation,
    path,
    init: { method, body, headers },
    what,
  })
  const text = JSON.stringify(example)
  const wrong: unknown[] = [null, 17, -1, '', [], {}, true, 'z'.repeat(70_000), 1e308]
  const fields = Object.keys(schema.properties ?? {})
  return [
    as('half of the JSON', text.slice(0, -1)),
    as('no JSON', 'from=uae-1'),
    as('bad UTF-8', Uint8Array.from([0x22, 0xff, 0xfe, 0x22])),
    as('a list', '[]'),
    as('null', 'null'),
    as('a number', '1'),
    as('a field too many', JSON.stringify({ ...example, colour: 'red' })),
    as('__proto__', '{"__proto__": {"role": "admin"}}'),
    as('deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    as('huge', JSON.stringify({ ...example, padding: 'x'.repeat(600_000) })),
    as('another content type', text, { 'content-type': 'application/xml' }),
    as('no content type', text, {}),
    ...fields.flatMap((name) =>
      wrong.map((value) =>
        as(
          `${name}: ${String(JSON.stringify(value)).slice(0, 20)}`,
          JSON.stringify({ ...example, [name]: value }),
        ),
      ),
    ),
    ...(schema.required ?? []).map((name) =>
      as(`${name} is missing`, JSON.stringify({ ...example, [name]: undefined })),
    ),
  ]
}
