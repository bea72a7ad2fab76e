// A stream is for operators: nobody else sees a code, and no refusal counts as somebody looking.

import { describe, expect, it } from 'vitest'
import { until } from '../../../harness/until.ts'
import { adminStage, refusal } from '../stage.ts'
import { follow } from './reader.ts'

const linking = '/api/dashboard/connections/uae-1/linking'

describe.each([
  ['the API', linking],
  ['the page', '/link/uae-1/stream'],
])('the stream of %s', (_, path) => {
  it.each(['operator', 'admin'] as const)(
    'is open to the token of an %s, and is kept by nobody',
    async (role) => {
      const { ask, server } = await adminStage()
      server.last.to.code('2@CODE', 60_000)
      const reader = follow(await ask(path, role))
      await reader.sees('code')
      const { headers } = reader.response
      expect(headers.get('content-type')).toMatch(/^text\/event-stream/)
      expect(headers.get('x-accel-buffering')).toBe('no')
      expect(headers.get('cache-control')).toBe('no-store')
    },
  )

  it.each(['viewer', null] as const)('is closed to %s, and that is no look', async (role) => {
    const { ask, server, of } = await adminStage()
    server.last.to.code('2@CODE', 60_000)
    expect(await refusal(await ask(path, role))).toBe(role ? '403 role' : '401 no-token')
    expect(of('admin.refused')).toMatchObject([{ why: role ? 'role' : 'no-token' }])
    expect(of('pairing.code-viewed')).toEqual([])
  })

  it('is not asked for with HEAD: nobody would see the code', async () => {
    const { ask, server, of } = await adminStage()
    server.last.to.code('2@CODE', 60_000)
    for (let i = 0; i < 101; i++) {
      const response = await ask(path, 'operator', { method: 'HEAD' })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET'])
    }
    expect(of('pairing.code-viewed')).toEqual([])
    await follow(await ask(path)).sees('code')
  })

  it('of an account that nobody configured: 404 for an operator', async () => {
    const { ask } = await adminStage()
    expect(await refusal(await ask(path.replace('uae-1', 'nobody')))).toBe('404 unknown-account')
  })

  it('is measured under its pattern when it begins', async () => {
    const { ask, of } = await adminStage()
    follow(await ask(path))
    const route = path.replace('uae-1', ':phoneNumber')
    await until('the measure', () => of('admin.answered').length > 0)
    expect(of('admin.answered')).toMatchObject([{ route, status: 200, method: 'GET' }])
  })
})
