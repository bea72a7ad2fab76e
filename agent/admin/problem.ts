// Every refusal of the admin API is one RFC 9457 problem: what was found, what is allowed, and never an internal detail.

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

export class Problem extends Error {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly headers: Record<string, string>

  /**
   * @param code short and stable, for programs
   * @param detail a sentence for people
   */
  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail: string,
    headers: Record<string, string> = {},
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Answers with the problem; anything that is no Problem is a 500 that says nothing of its cause. What it was an answer to is its instance. */
export function answerProblem(c: Context, error: unknown): Response {
  const known =
    error instanceof Problem ? error : new Problem(500, 'internal', 'something went wrong here; see the log')
  const instance = c.get('requestId') as string | undefined
  const { code, status, message } = known
  const body = { type: 'about:blank', title: code, status, detail: message, ...(instance && { instance }) }
  for (const [name, value] of Object.entries(known.headers)) c.header(name, value)
  return c.body(JSON.stringify(body), known.status, { 'content-type': 'application/problem+json' })
}
