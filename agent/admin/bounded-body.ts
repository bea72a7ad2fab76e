// A body is never longer than anybody has a use for, whether or not its length was declared.

import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from './problem.ts'

/** Bytes: the longest text that WhatsApp shows, every character of it escaped in JSON. */
const BODY_LIMIT = 512 * 1024

const tooLarge = (): never => {
  throw new Problem(413, 'body-too-large', `the body may have ${BODY_LIMIT} bytes`)
}

/**
 * The library's own limit makes a web stream of every body before it looks at its length, which was a tenth of the time that a message
 * takes to be accepted (measured). So it is asked only where no length is declared; a declared one is what the HTTP parser lets through.
 */
export function boundedBody(): MiddlewareHandler {
  const counted = bodyLimit({ maxSize: BODY_LIMIT, onError: tooLarge })
  return (c, next) => {
    // The body of a GET is never read.
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const declared = c.req.header('content-length')
    if (declared === undefined || c.req.header('transfer-encoding') !== undefined) return counted(c, next)
    return Number(declared) <= BODY_LIMIT ? next() : tooLarge()
  }
}
