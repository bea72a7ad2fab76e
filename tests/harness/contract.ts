// Every answer of the admin API that a test gets is held against the document: a status, a field or a kind of content that is not in it fails the test.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { apiDocument } from '../../agent/admin/reference/document.ts'

interface Answer {
  $ref?: string
  description?: string
  content?: Record<string, { schema?: object }>
}

export interface Operation {
  method: string
  path: string
  responses: Record<string, Answer>
  [key: string]: unknown
}

const ROOT = 'https://linda.invalid/openapi.json'
const document = JSON.parse(JSON.stringify(apiDocument())) as {
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, Answer> }
}
/** Where nobody asks for single fields, rows are whole. */
const whole = JSON.parse(JSON.stringify(document), (_key, value: { anyOf?: object[] } | null) =>
  value !== null && typeof value === 'object' && 'x-linda-fields' in value ? value.anyOf?.[0] : value,
) as typeof document

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
)

const patterns = operations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`),
}))

/** The most specific operation at the path; undefined where the document has none. */
function operationAt(method: string, path: string): Operation | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  const found = patterns.filter(({ operation, pattern }) => operation.method === wanted && pattern.test(path))
  return found.find(({ operation }) => !operation.path.includes('{'))?.operation ?? found[0]?.operation
}

const ajvs = [document, whole].map((doc, i) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false, allErrors: true })
  ajv.addSchema(doc, `${ROOT}${i}`)
  return ajv
})
const made = new Map<string, ValidateFunction>()

/** Checks against the part of the document at this pointer. */
function validator(cut: boolean, pointer: readonly string[]): ValidateFunction {
  const at = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
  const ref = `${ROOT}${cut ? 0 : 1}#/${at.join('/')}`
  const known = made.get(ref) ?? ajvs[cut ? 0 : 1]?.compile({ $ref: ref })
  if (!known) throw new Error('there is no such schema')
  made.set(ref, known)
  return known
}

/** What is not as the document says; null where all is. The body stays readable. @param url with its query, as it was asked for */
export async function driftOf(method: string, url: string, response: Response): Promise<string | null> {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const operation = operationAt(method, pathname)
  const what = `${method} ${pathname}: ${response.status}`
  if (!response.headers.has('x-request-id') && response.status !== 101) return `${what} has no x-request-id`
  if (!operation)
    return response.status === 404 || response.status === 401 ? null : `${what} is not in the document`
  const documented = operation.responses[response.status]
  const named = documented?.$ref?.split('/').slice(1)
  const place = named ?? [
    'paths',
    operation.path,
    operation.method.toLowerCase(),
    'responses',
    String(response.status),
  ]
  const answer = named ? document.components.responses[named.at(-1) ?? ''] : documented
  if (!answer) return `${what} is not among ${Object.keys(operation.responses).join(', ')}`
  const type = response.headers.get('content-type')
  if (method === 'HEAD' || type === null || response.status === 304) return null
  const kinds = Object.keys(answer.content ?? {})
  const kind = kinds.find((each) => sameType(each, type))
  if (kind === undefined) return `${what} is ${type}, not ${kinds.join(', ')}`
  if (!kind.includes('json') || kind.includes('ndjson')) return null
  const check = validator(searchParams.has('fields'), [...place, 'content', kind, 'schema'])
  const body = (await response.clone().json()) as { title?: string }
  // A refusal says which codes it can have.
  if (kind === 'application/problem+json' && !answer.description?.includes(`\`${body.title}\``))
    return `${what} ${body.title} is not among ${answer.description}`
  if (check(body)) return null
  const [first] = check.errors ?? []
  const errors = check.errors
    ?.slice(0, 5)
    .map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`)
  return `${what}: ${first ? errors?.join('; ') : 'it does not fit'}`
}

/** Throws where an answer is not as the document says. */
export async function holdToContract(method: string, url: string, response: Response): Promise<Response> {
  const drift = await driftOf(method, url, response)
  if (drift !== null) throw new Error(`the answer differs from the document: ${drift}`)
  return response
}

function sameType(documented: string, type: string): boolean {
  const bare = (text: string): string => (text.split(';')[0] ?? '').trim().toLowerCase()
  return bare(documented) === bare(type)
}
