// One declaration of an endpoint: its checks, its role, its place in the document and its tests all come from it.

import type { z } from 'zod'
import type { Role } from '../tokens.ts'
import type { ProblemCode } from './problems.ts'

export interface Answer {
  readonly description: string
  /** The shape of its JSON, with every field's name and no others. */
  readonly json?: z.ZodType
  /** Media types, where it is or can be something else than JSON. */
  readonly types?: readonly string[]
  /** Headers of its own, and what they say. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** As OpenAPI writes it: `/api/messages/{id}`. */
  readonly path: string
  /** Its name for programs, unique. */
  readonly id: string
  /** The resource, under which readers find it. */
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /** The least role; `open` needs no token. */
  readonly role: Role | 'open'
  /** `pools`: a caller who is limited to pools sees those; `fleet`: such a caller is refused; `none`: it shows nothing of either. */
  readonly scope: 'pools' | 'fleet' | 'none'
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  /** The handler reads the query itself, for example because parameters may be repeated. */
  readonly ownQuery?: boolean
  readonly body?: {
    readonly schema: z.ZodType
    /** Nothing at all is the same as `{}`. */
    readonly optional?: boolean
    /** One that would be taken. */
    readonly example: object
    /** Fields of which a refusal repeats only the length. */
    readonly unsaid?: readonly string[]
  }
  /** Request headers that matter, and what they say. */
  readonly headers?: Readonly<Record<string, string>>
  /** By status; refusals are not among them. */
  readonly answers: Readonly<Record<number, Answer>>
  /** Refusals beside those that every endpoint of its kind has. */
  readonly problems?: readonly ProblemCode[]
  /** Codes of refusals that are about one parameter. */
  readonly codes?: Readonly<Record<string, ProblemCode>>
  /** Answers carry an ETag, and nothing is sent to who has it already. A function says so of single queries. */
  readonly etag?: boolean | ((query: URLSearchParams) => boolean)
  /** The same answer for all who see the same pools and ask in the same moment; nothing but the query and the pools of the caller may go into it. */
  readonly kept?: boolean
  /** A HEAD is refused; what is asked for, as `a code`. */
  readonly noHead?: string
  /** Never ends by itself. */
  readonly stream?: boolean
}

/** Keeps the types of the schemas, by which the handler is checked. */
export function endpoint<const E extends Endpoint>(declared: E): E {
  return declared
}

/** The path as Hono writes it. */
export function routePath({ path }: Pick<Endpoint, 'path'>): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** What stands before everything that needs a token. */
const guarded: readonly ProblemCode[] = [
  'no-token',
  'bad-token',
  'token-expired',
  'token-used',
  'bad-identity',
  'identity-required',
  'role',
  'locked-out',
  'rate',
  'keys-away',
  'once-full',
]

/** Every code with which it may refuse. */
export function problemsOf(e: Endpoint): ProblemCode[] {
  return [
    ...new Set<ProblemCode>([
      ...(e.role === 'open' ? [] : guarded),
      ...(e.scope === 'fleet' ? (['scope'] as const) : []),
      ...(e.method === 'get' ? [] : (['stopping'] as const)),
      ...(e.noHead === undefined ? [] : (['method'] as const)),
      'bad-query',
      ...(e.body ? (['bad-body', 'body-too-large'] as const) : []),
      ...Object.values(e.codes ?? {}),
      ...(e.problems ?? []),
      'internal',
    ]),
  ]
}
