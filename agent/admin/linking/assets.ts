// The linking page is four files of ours and nothing from elsewhere; it holds no secret, so that it needs no token.

import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import type { AdminEnv } from '../auth.ts'

const types = {
  'page.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'frames.js': 'text/javascript; charset=utf-8',
} as const
type Asset = keyof typeof types

/** Scripts and styles of this address only, pictures only from within the page, and no other page around it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export function linkingPage(): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const texts = new Map(Object.keys(types).map((name) => [name, readText(name)]))
  const serve = (name: Asset) => (): Response =>
    new Response(texts.get(name), {
      headers: {
        'content-type': types[name],
        'content-security-policy': POLICY,
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
      },
    })
  app.get('/page.css', serve('page.css'))
  app.get('/page.js', serve('page.js'))
  app.get('/frames.js', serve('frames.js'))
  // The same page whatever account is named: who has no token learns nothing, not even which accounts there are.
  app.get('/:phoneNumber', serve('page.html'))
  return app
}

function readText(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8')
}
