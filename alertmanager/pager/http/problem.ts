// Every refusal is one RFC 9457 problem: what was found, what is allowed, and never an internal detail.

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

export function problem(
  c: Context,
  status: ContentfulStatusCode,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail })
  return c.body(body, status, { 'content-type': 'application/problem+json', ...headers })
}
