// The OpenAPI 3.1 document of all endpoints, made from their declarations and from nothing else.

import { z } from 'zod'
import {
  type CreateDocumentOptions,
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { type Endpoint, problemsOf } from './endpoint.ts'
import { namesOf } from './mistakes.ts'
import { problemKinds } from './problems.ts'

const problem = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string().meta({ description: 'The code: short and stable, for programs.' }),
    status: z.int(),
    detail: z.string().meta({ description: 'What was found and what is allowed, for people.' }),
    instance: z.string().meta({ description: 'The id of the request, as in the header x-request-id.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' })

const requestId = { 'x-request-id': { $ref: '#/components/headers/RequestId' } } as const

const options: CreateDocumentOptions = { outputIdSuffix: '' }

/** @param tags what each group is about @param version of the document, which changes with the shapes @param frames what streams send, by name */
export function documentOf(
  endpoints: readonly Endpoint[],
  tags: Readonly<Record<string, string>>,
  version: string,
  frames: Readonly<Record<string, z.ZodType>>,
) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  const shared = new Shared()
  for (const e of endpoints) {
    const path = paths[e.path] ?? {}
    path[e.method] = operationOf(e, shared)
    paths[e.path] = path
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Linda admin API',
        version,
        description:
          'See docs/api.md. Every request needs a bearer token unless its operation says otherwise; errors are problem+json.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      security: [{ token: [] }],
      components: {
        headers: {
          RequestId: {
            description: "The caller's own id where it is 1 to 64 of A-Z a-z 0-9 . _ -, otherwise a new one.",
            schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
          },
        },
        responses: shared.responses,
        schemas: frames,
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'Made by `linda token create NAME`, or of the configured identity provider.',
          },
        },
      },
      paths,
      // What each code means, said once.
      'x-linda-problems': problemKinds,
    },
    options,
  )
}

function operationOf(e: Endpoint, shared: Shared): ZodOpenApiOperationObject {
  const headers = Object.entries(e.headers ?? {}).map(
    ([name, description]) =>
      ({ in: 'header', name, description, required: false, schema: { type: 'string' } }) as const,
  )
  return {
    operationId: e.id,
    tags: [e.tag],
    summary: e.summary,
    ...(e.description === undefined ? {} : { description: e.description }),
    ...(e.role === 'open' ? { security: [] } : {}),
    'x-linda-role': e.role,
    'x-linda-scope': e.scope,
    ...(e.stream ? { 'x-linda-stream': true } : {}),
    requestParams: {
      ...(e.params ? { path: e.params as z.ZodObject } : {}),
      ...(namesOf(e.query).length > 0 ? { query: e.query as z.ZodObject } : {}),
    },
    ...(headers.length > 0 ? { parameters: headers } : {}),
    ...(e.body
      ? {
          requestBody: {
            required: e.body.optional !== true,
            content: { 'application/json': { schema: e.body.schema, example: e.body.example } },
          },
        }
      : {}),
    responses: { ...answersOf(e), ...refusalsOf(e, shared) } as ZodOpenApiOperationObject['responses'],
  }
}

function answersOf(e: Endpoint) {
  return Object.fromEntries(
    Object.entries(e.answers).map(([status, { description, json, types = [], headers = {} }]) => [
      status,
      {
        description,
        headers: {
          ...requestId,
          ...Object.fromEntries(
            Object.entries(headers).map(([name, description]) => [
              name,
              { description, schema: { type: 'string' } },
            ]),
          ),
        },
        ...(json || types.length > 0
          ? {
              content: {
                ...(json ? { 'application/json': { schema: json } } : {}),
                ...Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }])),
              },
            }
          : {}),
      },
    ]),
  )
}

/** By status, each with the codes that it can have; and 304 where there is an ETag. */
function refusalsOf(e: Endpoint, shared: Shared) {
  const byStatus = new Map<number, string[]>()
  for (const code of problemsOf(e))
    for (const status of problemKinds[code].status) {
      byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\``])
    }
  const refusals = [...byStatus].map(([status, told]) => [
    String(status),
    shared.refusal(status, told.join(', ')),
  ])
  return Object.fromEntries([
    ...refusals,
    ...(e.etag ? [['304', { description: 'It is what If-None-Match names.', headers: requestId }]] : []),
  ])
}

/** Refusals that many endpoints have in common, each written once. */
class Shared {
  readonly responses: Record<string, ZodOpenApiResponseObject> = {}
  #names = new Map<string, string>()

  /** @param description the codes, which make it the same as another or not */
  refusal(status: number, description: string): { $ref: string } {
    const key = `${status} ${description}`
    const count = [...this.#names.keys()].filter((each) => each.startsWith(`${status} `)).length
    const name = this.#names.get(key) ?? `Refusal${status}${count === 0 ? '' : `-${count + 1}`}`
    this.#names.set(key, name)
    this.responses[name] = {
      description,
      headers: requestId,
      content: { 'application/problem+json': { schema: problem } },
    }
    return { $ref: `#/components/responses/${name}` }
  }
}
