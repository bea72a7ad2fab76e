// The document over HTTP, for programs and for people; it holds nothing of the fleet, so that it needs no token.

import { Hono } from 'hono'
import type { Bus } from '../../events.ts'
import type { AdminEnv } from '../auth.ts'
import { serving } from '../contract/serve.ts'
import * as endpoints from '../endpoints/meta.ts'
import { apiDocument } from './document.ts'
import { referencePage } from './page.ts'

/** One page that asks for nothing, its style in it, and no script at all. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export function referenceRoutes(bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  let text: string | null = null
  let page: string | null = null
  serve(endpoints.getDocument, ({ c }) => {
    text ??= JSON.stringify(apiDocument())
    return c.body(text, 200, { 'content-type': 'application/json' })
  })
  serve(endpoints.getReference, ({ c }) => {
    page ??= referencePage(apiDocument())
    return c.html(page, 200, { 'content-security-policy': POLICY, 'referrer-policy': 'no-referrer' })
  })
  return app
}
