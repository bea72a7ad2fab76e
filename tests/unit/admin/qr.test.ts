// A viewer gets the current code or a reason why there is none, and never one that has expired.

import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { adminStage, problem, refusal } from './stage.ts'

afterEach(() => vi.useRealTimers())
const qr = '/api/dashboard/connections/uae-1/qr'
const reset = '/api/dashboard/quick-actions/uae-1/reset-qr'
const typed = '/api/dashboard/quick-actions/uae-1/pairing-code'
const start = 1_700_000_000_000
const stopClock = () => vi.useFakeTimers({ toFake: ['Date'], now: start })

describe('the code', () => {
  it('as JSON tells how long it lives', async () => {
    stopClock()
    const { ask, server } = await adminStage()
    server.last.to.code('2@CODE', 60_000)
    vi.setSystemTime(start + 15_000)
    const response = await ask(qr)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('linda-code-life-ms')).toBe('45000')
    expect(await response.json()).toEqual({
      phoneNumber: '+971500000001',
      account: 'uae-1',
      attempt: 1,
      method: 'qr',
      index: 1,
      code: '2@CODE',
      issued: '2023-11-14T22:13:20.000Z',
      expires: '2023-11-14T22:14:20.000Z',
      lifeLeftMs: 45_000,
    })
  })

  it.each([
    ['png', 'image/png'],
    ['svg', 'image/svg+xml'],
    ['text', 'text/plain; charset=utf-8'],
  ])('as %s has its type and is not cached', async (format, type) => {
    const { ask, server, of } = await adminStage()
    server.last.to.code('2@CODE', 60_000)
    const response = await ask(`${qr}?format=${format}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(300)
    expect(of('pairing.code-viewed')).toHaveLength(1)
  })

  it.each(['jpeg', 'PNG', '__proto__', 'x'.repeat(500)])(
    'as %s: 400 that says what is allowed, and nothing counts as viewed',
    async (format) => {
      const { ask, server, of } = await adminStage()
      server.last.to.code('2@CODE', 60_000)
      const [status, code, detail] = await problem(await ask(`${qr}?format=${format}`))
      expect([status, code]).toEqual([400, 'bad-format'])
      expect(detail).toBe(`format: found "${format.slice(0, 32)}", allowed: json, png, svg, text`)
      expect(of('pairing.code-viewed')).toEqual([])
    },
  )

  it('that has expired is not shown: the asker waits for the next', async () => {
    stopClock()
    const { ask, server } = await adminStage()
    server.last.to.code('2@OLD', 20_000)
    vi.setSystemTime(start + 20_000)
    const asked = ask(qr)
    setTimeout(() => server.last.to.code('2@NEW', 20_000), 20)
    expect(await (await asked).json()).toMatchObject({ code: '2@NEW', index: 2, lifeLeftMs: 20_000 })
  })

  it('that does not come in time: 503, ask again', async () => {
    stopClock()
    const { ask } = await adminStage()
    const clock = setInterval(() => vi.setSystemTime(Date.now() + 1_000), 20)
    onTestFinished(() => clearInterval(clock))
    const response = await ask(qr)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await refusal(response)).toBe('503 no-code-yet')
  })

  it('is fetched anew when a session waits for somebody to ask', async () => {
    const { ask, server } = await adminStage()
    server.last.to.code('2@OLD', 60_000)
    server.last.drop('codes-ended', 408)
    server.onOpen = (socket) => setTimeout(() => socket.to.code('2@NEW', 60_000), 20)
    expect(await (await ask(qr)).json()).toMatchObject({ code: '2@NEW', attempt: 2 })
  })
})

describe('a session that has no code to show', () => {
  it.each([
    ['open', () => {}],
    ['logged-out', 'logged-out'],
    ['replaced', 'replaced'],
    ['failed', 'banned'],
  ] as const)('%s: 409 at once', async (state, reason) => {
    const { ask, server } = await adminStage()
    server.last.to.open()
    if (typeof reason === 'string') server.last.drop(reason)
    expect(await problem(await ask(qr))).toEqual([
      409,
      'not-pairing',
      `uae-1 is ${state} and has no code to show`,
    ])
  })
})

describe('a code to be typed', () => {
  const post = { method: 'POST' }
  async function typing() {
    const stage = await adminStage()
    stage.server.onOpen = (socket) => setTimeout(() => socket.to.code('2@NEVER-SHOWN', 60_000), 5)
    const response = await stage.ask(typed, 'operator', post)
    return { ...stage, response }
  }

  it('is asked for on a new connection, for the phone of the account', async () => {
    const { response, ask, server, of } = await typing()
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({
      phoneNumber: '+971500000001',
      account: 'uae-1',
      status: 'CONNECTING',
    })
    expect(await (await ask(qr)).json()).toMatchObject({
      method: 'code',
      code: 'ABCD1234',
      attempt: 1,
      index: 1,
    })
    expect(server.sockets).toHaveLength(2)
    expect(server.alive).toHaveLength(1)
    expect(server.last.codesFor).toEqual(['971500000001'])
    expect(of('pairing.started')).toMatchObject([{ method: 'code', windowMs: 180_000 }])
  })

  it('as text is the eight characters and nothing else', async () => {
    const { ask } = await typing()
    const response = await ask(`${qr}?format=text`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('ABCD1234\n')
  })

  it.each(['png', 'svg'])(
    'is no picture: %s is 409, says what to ask for, and does not say the code',
    async (format) => {
      const { ask, server } = await typing()
      await expect.poll(() => server.last.codesFor.length).toBe(1)
      const [status, code, detail] = await problem(await ask(`${qr}?format=${format}`))
      expect([status, code]).toEqual([409, 'typed-code'])
      expect(detail).toContain('format=json or format=text')
      expect(detail).not.toContain('ABCD')
    },
  )

  it('gives way to QR codes when it is reset', async () => {
    const { ask, server } = await typing()
    await ask(qr)
    server.onOpen = (socket) => setTimeout(() => socket.to.code('2@QR', 60_000), 5)
    await ask(reset, 'operator', post)
    expect(await (await ask(qr)).json()).toMatchObject({ method: 'qr', code: '2@QR' })
  })

  it.each([
    ['a session that is open: 409', 'operator', 'open', '409 linked'],
    ['a viewer: 403', 'viewer', null, '403 role'],
    ['nobody: 401', null, null, '401 no-token'],
  ] as const)('is not for %s', async (_, role, state, expected) => {
    const { ask, server } = await adminStage()
    if (state) server.last.to.open()
    expect(await refusal(await ask(typed, role, post))).toBe(expected)
    expect(server.sockets).toHaveLength(1)
    expect(server.alive).toHaveLength(1)
  })

  it('is not for an account that nobody configured: 404', async () => {
    const { ask } = await adminStage()
    expect(await refusal(await ask(typed.replace('uae-1', 'nobody'), 'admin', post))).toBe(
      '404 unknown-account',
    )
  })

  it('that was not used, or a passkey: 409 that says who must act', async () => {
    const { ask, server } = await typing()
    await ask(qr)
    server.last.drop('window-expired')
    expect(await problem(await ask(qr))).toEqual([409, 'reset-needed', expect.stringContaining('in vain')])
    server.onOpen = () => {}
    await ask(reset, 'operator', post)
    await expect.poll(() => server.alive.length).toBe(1)
    server.last.drop('passkey-required')
    expect(await problem(await ask(qr))).toEqual([409, 'reset-needed', expect.stringContaining('passkey')])
  })
})

describe('resetting', () => {
  it.each(['logged-out', 'banned', 'replaced'] as const)('after %s begins anew', async (reason) => {
    const { ask, server } = await adminStage()
    server.last.to.open()
    server.last.drop(reason)
    const response = await ask(reset, 'operator', { method: 'POST' })
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({
      phoneNumber: '+971500000001',
      account: 'uae-1',
      status: 'CONNECTING',
    })
    await expect.poll(() => server.alive.length).toBe(1)
  })

  it.each(['open', 'restricted'])('a session that is %s: 409, and it stays linked', async (state) => {
    const { ask, server, fleet } = await adminStage()
    server.last.to.open()
    if (state === 'restricted') server.last.to.restriction({ kind: 'reachout-timelock', untilMs: null })
    expect(await refusal(await ask(reset, 'admin', { method: 'POST' }))).toBe('409 linked')
    expect(fleet.find('uae-1')?.session.state).toBe(state)
    expect(server.last.closed).toBeNull()
  })

  it('an account that nobody configured: 404', async () => {
    const { ask } = await adminStage()
    const path = '/api/dashboard/quick-actions/nobody/reset-qr'
    expect(await refusal(await ask(path, 'admin', { method: 'POST' }))).toBe('404 unknown-account')
  })
})
