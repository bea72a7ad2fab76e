// Pages of other sites are let in by their exact origin, and never with what the browser adds.

import { describe, expect, it } from 'vitest'
import { mayOpen } from '../../../../agent/admin/access/origins.ts'
import { door, minted } from './door.ts'

const ours = 'https://grafana.example'
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization,content-type',
  },
})

describe('a page', () => {
  it('of a configured origin may ask, before it shows a token', async () => {
    const { app, ask } = await door(`{ cors_origins: ["${ours}"] }`, [minted.viewer.entry])
    const leave = await app.request('/api/viewer', preflight(ours))
    expect(leave.status).toBe(204)
    expect(Object.fromEntries(leave.headers)).toMatchObject({
      'access-control-allow-origin': ours,
      'access-control-allow-methods': 'GET,HEAD,POST,PUT,DELETE',
      'access-control-allow-headers': expect.stringContaining('authorization'),
    })
    const answer = await ask('/api/viewer', minted.viewer.token, { origin: ours })
    expect(answer.headers.get('access-control-allow-origin')).toBe(ours)
    expect(answer.headers.get('vary')).toMatch(/origin/i)
    for (const { headers } of [leave, answer])
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    // It is told why it is refused, too.
    const refused = await ask('/api/viewer', null, { origin: ours })
    expect(refused.headers.get('access-control-allow-origin')).toBe(ours)
  })

  it.each([
    'https://evil.example',
    'https://grafana.example.evil.example',
    'http://grafana.example',
    'null',
    `${ours}:8443`,
  ])('of %s may not', async (origin) => {
    const { app, ask } = await door(`{ cors_origins: ["${ours}"] }`, [minted.viewer.entry])
    for (const answer of [
      await app.request('/api/viewer', preflight(origin)),
      await ask('/api/viewer', minted.viewer.token, { origin }),
    ])
      expect(answer.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('is told nothing at all where no origin is configured', async () => {
    const { app, ask } = await door('{}', [minted.viewer.entry])
    expect((await app.request('/api/viewer', preflight(ours))).status).toBe(401)
    const answer = await ask('/api/viewer', minted.viewer.token, { origin: ours })
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

it.each([
  [ours, 'linda.example', [ours], true],
  ['https://linda.example', 'linda.example', [], true],
  ['https://linda.example:8443', 'linda.example', [], false],
  ['https://evil.example', 'linda.example', [ours], false],
  ['null', 'linda.example', [ours], false],
  [`${ours}/`, 'linda.example', [ours], false],
])('a stream for a page of %s on %s with %j: %s', (origin, host, origins, may) =>
  expect(mayOpen(origin, host, origins)).toBe(may),
)
