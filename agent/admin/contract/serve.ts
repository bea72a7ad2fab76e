// Puts declared endpoints into the application: role, scope and input are checked here, in this order, before a handler sees anything.

import { createHash } from 'node:crypto'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { etag } from 'hono/etag'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { Bus } from '../../events.ts'
import { type AdminEnv, atLeast, clientOf } from '../auth.ts'
import { Problem } from '../problem.ts'
import { refuseHead, routeOf } from '../route.ts'
import { type Endpoint, routePath } from './endpoint.ts'
import { readBody, readParams, readQuery } from './input.ts'
import { KeptAnswers } from './kept.ts'

type Read<E, K extends 'params' | 'query'> = E extends { [key in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined
type BodyOf<E> = E extends { body: { schema: infer S extends z.ZodType } } ? z.output<S> : undefined
type JsonOf<E extends Endpoint, S> = E['answers'] extends infer A
  ? S extends keyof A
    ? A[S] extends { json: infer J extends z.ZodType }
      ? z.input<J>
      : never
    : never
  : never

/** What a handler gets: the request, checked, and the way to answer in the declared shape. */
export interface Asked<E extends Endpoint> {
  c: Context<AdminEnv>
  params: Read<E, 'params'>
  query: Read<E, 'query'>
  body: BodyOf<E>
  reply<S extends keyof E['answers'] & ContentfulStatusCode>(
    status: S,
    json: JsonOf<E, S>,
    headers?: Record<string, string>,
  ): Response
}

export type Serve = <E extends Endpoint>(
  e: E,
  handler: (asked: Asked<E>) => Response | Promise<Response>,
) => void

/** @param bus hears of refusals */
export function serving(app: Hono<AdminEnv>, bus: Bus): Serve {
  let answers: KeptAnswers | undefined
  return (e, handler) => {
    if (e.kept) answers ??= new KeptAnswers(bus)
    const kept = e.kept ? answers : undefined
    const wholeFleet: MiddlewareHandler<AdminEnv> = (c, next) => {
      refuseFleet(c, bus)
      return next()
    }
    const before: MiddlewareHandler<AdminEnv>[] = [
      ...(e.role === 'operator' || e.role === 'admin' ? [atLeast(e.role, bus)] : []),
      ...(e.scope === 'fleet' ? [wholeFleet] : []),
      ...(e.etag ? [tagged(e.etag)] : []),
    ]
    app.on([e.method.toUpperCase()], [routePath(e)], ...before, async (c) => {
      if (e.noHead !== undefined) refuseHead(c, e.noHead)
      const make = async (): Promise<Response> =>
        handler({
          c,
          params: readParams(c, e) as never,
          query: readQuery(c, e) as never,
          body: (await readBody(c, e)) as never,
          reply: (status, json, headers = {}) => c.json(json as object, status, headers),
        })
      return kept ? kept.answer(c, hasTag(c, e.etag), make) : make()
    })
  }
}

/** Whoever is limited to pools is refused what is of the whole fleet. Throws Problem. */
export function refuseFleet(c: Context<AdminEnv>, bus: Bus): void {
  const { pools, name } = c.get('caller')
  if (pools === undefined) return
  bus.emit('admin.refused', { why: 'scope', route: routeOf(c), client: clientOf(c), who: name })
  const allowed = pools.slice(0, 20).join(', ') || 'none'
  throw new Problem(403, 'scope', `this is of the whole fleet; the pools of your token: ${allowed}`)
}

/** Hashed at once: asking the thread pool costs more than the hash of a list of a thousand accounts. */
const weakly = etag({
  weak: true,
  generateDigest: (body) => new Uint8Array(createHash('sha1').update(body).digest()).buffer,
})

/** Kept by the caller alone, and asked about each time. */
function tagged(when: NonNullable<Endpoint['etag']>): MiddlewareHandler<AdminEnv> {
  return (c, next) => {
    if (!hasTag(c, when)) return next()
    c.header('cache-control', 'private, no-cache')
    return weakly(c, next)
  }
}

function hasTag(c: Context, when: Endpoint['etag']): boolean {
  return typeof when === 'function' ? when(new URL(c.req.url).searchParams) : when === true
}
