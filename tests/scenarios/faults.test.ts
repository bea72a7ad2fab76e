// Every way a connection can end, on the wire: the session names the right reason and does what the table says.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reason, SessionState } from '../../agent/words.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'
import type { Fault } from '../simulator/types.ts'

/** `after`: where the session must arrive; open means that it came back by itself. */
interface Case {
  fault: Fault
  reason: Reason
  after: SessionState
  forMs?: number
}

const ended: Case[] = [
  { fault: { kind: 'close', code: 401 }, reason: 'logged-out', after: 'logged-out' },
  { fault: { kind: 'logout' }, reason: 'logged-out', after: 'logged-out' },
  { fault: { kind: 'close', code: 403 }, reason: 'banned', after: 'failed' },
  { fault: { kind: 'close', code: 440 }, reason: 'replaced', after: 'replaced' },
  { fault: { kind: 'close', code: 428, how: 'xmlstreamend' }, reason: 'connection-closed', after: 'open' },
  { fault: { kind: 'close', code: 428, how: 'ws' }, reason: 'connection-closed', after: 'open' },
  { fault: { kind: 'close', code: 428, how: 'fin' }, reason: 'connection-closed', after: 'open' },
  { fault: { kind: 'close', code: 500 }, reason: 'server-error', after: 'open' },
  { fault: { kind: 'close', code: 503 }, reason: 'unavailable', after: 'open' },
  { fault: { kind: 'close', code: 515 }, reason: 'restart-required', after: 'open' },
  { fault: { kind: 'reset' }, reason: 'connection-closed', after: 'open' },
  { fault: { kind: 'garbage' }, reason: 'bad-frame', after: 'open' },
]

const silent: Case[] = [
  { fault: { kind: 'stall', answersClose: true }, reason: 'stalled', after: 'open', forMs: 3_500 },
  { fault: { kind: 'stall', answersClose: false }, reason: 'stalled', after: 'open', forMs: 3_500 },
  { fault: { kind: 'half-open' }, reason: 'stalled', after: 'open', forMs: 3_500 },
  { fault: { kind: 'drop-pongs' }, reason: 'stalled', after: 'open', forMs: 3_500 },
]

/** Only where silence is the fault: on a busy machine the simulator, which is a process, may not answer for a second. */
const impatient = { probeIntervalMs: 1_500, probeDeadlineMs: 800, lookEveryMs: 1_000 }

describe.each([
  { what: 'is ended', cases: ended, settings: {} },
  { what: 'falls silent', cases: silent, settings: impatient },
])('an open session that $what', ({ cases, settings }) => {
  let scene: Scene
  beforeAll(async () => {
    scene = await openScene({ paired: cases.length, settings, overrides: { takeBackWithinMs: 60_000 } })
    await scene.allUp(30_000)
  }, 60_000)
  afterAll(() => scene?.close())

  it.concurrent.each(cases.map((c, i) => ({ ...c, account: `p${i + 1}`, name: JSON.stringify(c.fault) })))(
    '$name ends with $reason and is then $after',
    async ({ fault, reason, after, forMs, account }) => {
      const phone = scene.phones.get(account) as string
      await scene.simulator.client.fault({ account: phone, fault, ...(forMs ? { forMs } : {}) })
      const closed = await scene.events.first('session.closed', { account, withinMs: 15_000 })
      expect(closed.reason).toBe(reason)
      await until(
        () => `${account} is ${after}: ${scene.events.story(account)}`,
        () => scene.context.fleet.find(account)?.session.state === after,
        20_000,
      )
      if (after !== 'open') {
        const dials = scene.events.of('session.connecting', account).length
        expect(scene.context.fleet.find(account)?.session.snapshot.retryAt).toBeNull()
        expect(scene.events.of('session.connecting', account)).toHaveLength(dials)
      }
    },
    45_000,
  )
})

/** The fault meets a session that has just lost its connection and dials again; when it is over, the session opens. */
const connecting: { fault: Fault; reason: Reason }[] = [
  { fault: { kind: 'http', status: 403 }, reason: 'http-error' },
  { fault: { kind: 'http', status: 429 }, reason: 'http-error' },
  { fault: { kind: 'http', status: 503 }, reason: 'http-error' },
  { fault: { kind: 'refuse' }, reason: 'refused' },
  { fault: { kind: 'slow-handshake', ms: 5_000 }, reason: 'connect-timeout' },
  { fault: { kind: 'stall', answersClose: false }, reason: 'connect-timeout' },
  { fault: { kind: 'no-success' }, reason: 'connect-timeout' },
  { fault: { kind: 'failure', reason: 503 }, reason: 'unavailable' },
  { fault: { kind: 'failure', reason: 402 }, reason: 'temporarily-banned' },
  { fault: { kind: 'failure', reason: 405 }, reason: 'client-outdated' },
  { fault: { kind: 'failure', reason: 401 }, reason: 'logged-out' },
]
const staysDown: Partial<Record<Reason, SessionState>> = {
  'temporarily-banned': 'connecting',
  'client-outdated': 'failed',
  'logged-out': 'logged-out',
}

describe('a session that dials', () => {
  let scene: Scene
  beforeAll(async () => {
    // One account for each: some of them do not come back.
    const backoff = { baseMs: 100, capMs: 400 }
    scene = await openScene({ paired: connecting.length, settings: { connectTimeoutMs: 2_000, backoff } })
    await scene.allUp(30_000)
  }, 60_000)
  afterAll(() => scene?.close())

  it.each(connecting.map((c, i) => ({ ...c, account: `p${i + 1}`, name: JSON.stringify(c.fault) })))(
    '$name is called $reason',
    async ({ fault, reason, account }) => {
      const { client } = scene.simulator
      const phone = scene.phones.get(account) as string
      const before = scene.events.of('session.closed', account).length
      // Before a login the server cannot know the account: these faults meet everybody who dials.
      const { id } = await client.fault({ fault: { ...fault } })
      await client.fault({ account: phone, fault: { kind: 'reset' } })
      const failed = await scene.events.first('session.connect-failed', { account, withinMs: 15_000 })
      expect(failed.reason).toBe(reason)
      await client.endFault(id)
      const after = staysDown[reason] ?? 'open'
      await until(
        () => `${account} is ${after}: ${scene.events.story(account)}`,
        () => scene.context.fleet.find(account)?.session.state === after,
        20_000,
      )
      expect(scene.events.of('session.closed', account).length).toBeGreaterThan(before)
      expect(scene.context.fleet.connects().opening).toBeLessThanOrEqual(5)
    },
    45_000,
  )

  it('opens when the handshake is slow and not too slow', async () => {
    const { client } = scene.simulator
    const { id } = await client.fault({ fault: { kind: 'slow-handshake', ms: 1_000 } })
    const opened = scene.events.of('session.opened', 'p1').length
    await client.fault({ account: scene.phones.get('p1') as string, fault: { kind: 'reset' } })
    await until('p1 opened again', () => scene.events.of('session.opened', 'p1').length > opened, 10_000)
    expect(scene.events.of('session.opened', 'p1').at(-1)?.ms).toBeGreaterThan(900)
    await client.endFault(id)
  }, 20_000)
})

describe('a server that repeats itself', () => {
  it('is not stormed: after the first, a 515 gets the back-off like anything else', async () => {
    const scene = await openScene({ paired: 1, settings: { backoff: { baseMs: 1_000, capMs: 10_000 } } })
    try {
      await scene.allUp()
      const { client } = scene.simulator
      const before = (await client.summary()).connections
      await client.fault({
        account: scene.phones.get('p1') as string,
        fault: { kind: 'close', code: 515 },
        forMs: 4_000,
      })
      await until('the fault is over', async () => (await client.faults()).length === 0, 10_000)
      expect((await client.summary()).connections - before).toBeLessThan(15)
      await scene.allUp(30_000)
    } finally {
      await scene.close()
    }
  }, 60_000)
})
