// When the watch begins a failover and when it holds still: once for each reason, cheaply, and not because this machine was away.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Bus } from '../../../../agent/events.ts'
import type { Asked, Runner } from '../../../../agent/fleet/failover/runner.ts'
import { FailoverWatch, type Watched, type WatchParts } from '../../../../agent/fleet/failover/watch.ts'
import type { SessionSnapshot } from '../../../../agent/session/snapshot.ts'

const policy = { downAfterMs: 60_000, failedDials: 3 }
const open = (account: string): SessionSnapshot => ({
  account,
  state: 'open',
  since: 0,
  up: true,
  openedAt: 0,
  lastEvidenceAt: 0,
  lastDisconnect: null,
  restriction: null,
  retryAt: null,
  askable: false,
  nextLookAt: null,
  withheld: { count: 0, ms: 0 },
  inFlight: 0,
})

interface Account extends Watched {
  snapshot: SessionSnapshot
}

/** @param move accounts that are of another pool than all others */
function watching(
  count: number,
  { move = {}, ...parts }: Partial<WatchParts> & { move?: Record<string, number[]> } = {},
) {
  const bus = new Bus('node-1')
  const accounts: Account[] = Array.from({ length: count }, (_, i) => ({
    account: `a-${i}`,
    pool: Object.keys(move).find((pool) => move[pool]?.includes(i)) ?? 'sales',
    epoch: 1,
    snapshot: open(`a-${i}`),
  }))
  const begun: Asked[] = []
  const held: { account?: string; why: string }[] = []
  let asked = 0
  bus.on('failover.held', (event) => held.push(event))
  const runner = {
    busy: () => false,
    start: async (ask: Asked) => {
      begun.push(ask)
      return {}
    },
  } as unknown as Runner
  const putBack: string[] = []
  const watch = new FailoverWatch({
    bus,
    runner,
    members: () => accounts,
    mode: () => ({ mode: 'up', blockedUntil: 0, parked: false, byPerson: false }),
    off: () => null,
    able() {
      asked += 1
      return accounts.filter(({ snapshot }) => snapshot.up).map(({ account }) => account)
    },
    putBack: async (account) => void putBack.push(account),
    returns: 'auto',
    policy,
    longestOutMs: 3_600_000,
    ...parts,
  })
  const stop = watch.start()
  const change = (i: number, more: Partial<SessionSnapshot>): void => {
    const each = accounts[i] as Account
    each.snapshot = { ...each.snapshot, ...more }
  }
  return {
    bus,
    begun,
    held,
    putBack,
    stop,
    change,
    accounts,
    asked: () => asked,
    silence(i: number): void {
      change(i, { up: false, state: 'connecting' })
      bus.emit('session.evidence-lost', { reason: 'stalled', silentMs: 1_500 }, { account: `a-${i}` })
      bus.emit('session.closed', { reason: 'stalled', code: null, openForMs: 60_000 } as never, {
        account: `a-${i}`,
      })
    },
    back(i: number): void {
      change(i, { up: true, state: 'open' })
      bus.emit('session.opened', {} as never, { account: `a-${i}` })
    },
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
  })
})
afterEach(() => vi.useRealTimers())

describe('the network of this machine', () => {
  it('goes for a minute and comes back: whoever is late does not lose its work to the first', async () => {
    const { silence, back, begun, stop } = watching(10)
    await pass(1_000)
    for (let i = 0; i < 10; i++) silence(i)
    await pass(60_000)
    for (let i = 0; i < 10; i++) {
      back(i)
      await pass(4_000)
    }
    expect(begun).toEqual([])
    stop()
  })

  it('came back, and one did not: that one is failed over, half a minute after the last', async () => {
    const { silence, back, begun, held, stop } = watching(10)
    await pass(1_000)
    for (let i = 0; i < 10; i++) silence(i)
    await pass(20_000)
    for (let i = 1; i < 10; i++) back(i)
    await pass(29_000)
    expect(begun).toEqual([])
    await pass(2_000)
    expect(new Set(begun.map(({ account }) => account))).toEqual(new Set(['a-0']))
    expect(held.filter(({ account }) => account === 'a-0').length).toBeLessThan(3)
    stop()
  })

  it('holds nobody who fell silent by himself later', async () => {
    const { silence, begun, stop } = watching(8)
    await pass(1_000)
    for (let i = 0; i < 4; i++) silence(i)
    await pass(60_000)
    expect(begun).toEqual([])
    silence(7)
    await pass(1_000)
    expect(new Set(begun.map(({ account }) => account))).toEqual(new Set(['a-7']))
    stop()
  })
})

describe('accounts that have long been dead', () => {
  it('hold nobody: of nine three are dead, three blink together and one of those does not come back', async () => {
    const { silence, back, begun, held, stop } = watching(9, {
      off: (pool) => (pool === 'by-hand' ? 'the pool is failed over by people only' : null),
      move: { 'by-hand': [0, 1, 2] },
    })
    await pass(1_000)
    for (const i of [0, 1, 2]) {
      silence(i)
      await pass(60_000)
    }
    await pass(20 * 60_000)
    for (const i of [3, 4, 5]) silence(i)
    await pass(5_000)
    back(3)
    back(4)
    await pass(29_000)
    expect(begun).toEqual([])
    expect(held.at(-1)).toMatchObject({
      account: 'a-5',
      why: '3 of 6 accounts of this node fell silent together',
    })
    await pass(2_000)
    expect(new Set(begun.map(({ account }) => account))).toEqual(new Set(['a-5']))
    stop()
  })

  it('count for as long as they are dead together: a network that is away for an hour accuses nobody when it is back', async () => {
    const { silence, back, begun, stop } = watching(10)
    await pass(1_000)
    for (let i = 0; i < 10; i++) silence(i)
    await pass(3_600_000)
    for (let i = 0; i < 10; i++) {
      back(i)
      await pass(4_000)
    }
    expect(begun).toEqual([])
    stop()
  })
})

describe('what was seen before a person stopped it', () => {
  it('a connection that was lost is no fault of the next one', async () => {
    const { silence, change, begun, held, stop } = watching(3)
    await pass(1_000)
    silence(0)
    change(0, { state: 'stopped', up: false })
    await pass(3_600_000)
    change(0, { state: 'connecting' })
    await pass(30_000)
    expect({ begun, held }).toEqual({ begun: [], held: [] })
    stop()
  })

  it('the time it was stopped for is no time that it was dialled in vain', async () => {
    const { bus, change, begun, stop } = watching(3)
    await pass(1_000)
    bus.emit('session.closed', { reason: 'stopped', code: null, openForMs: 60_000 } as never, {
      account: 'a-0',
    })
    change(0, { state: 'stopped', up: false })
    await pass(3_600_000)
    change(0, { state: 'connecting' })
    for (let i = 0; i < 3; i++) bus.emit('session.connect-failed', {} as never, { account: 'a-0' })
    await pass(59_000)
    expect(begun).toEqual([])
    await pass(2_000)
    expect(begun[0]).toMatchObject({ account: 'a-0', cause: 'reconnects-exhausted' })
    stop()
  })

  it('neither is what was seen before another node had it', async () => {
    const { silence, accounts, begun, stop } = watching(3)
    await pass(1_000)
    silence(0)
    const [gone] = accounts.splice(0, 1) as [Account]
    await pass(60_000)
    accounts.push({ ...gone, snapshot: { ...open('a-0'), state: 'connecting', up: false } })
    await pass(30_000)
    expect(begun).toEqual([])
    stop()
  })
})

describe('a fault that is not acted on', () => {
  it('is said once for each account and reason, however many fall silent one after another', async () => {
    const { silence, held, stop } = watching(200)
    await pass(1_000)
    for (let i = 0; i < 200; i++) {
      silence(i)
      await pass(25)
    }
    await pass(10_000)
    // Before half are silent each is a failover of its own; after that it is said.
    expect(held.length).toBeLessThanOrEqual(200)
    stop()
  })

  it('costs one question for each pool and look', async () => {
    const { silence, asked, stop } = watching(500)
    await pass(1_000)
    const before = asked()
    for (let i = 0; i < 200; i++) silence(i)
    await pass(1_000)
    expect(asked() - before).toBeLessThanOrEqual(6)
    stop()
  })

  it('was called off: the same fault begins none for a minute, another one does', async () => {
    const { bus, change, begun, held, stop } = watching(3)
    change(0, { state: 'logged-out', up: false })
    await pass(300)
    const first = begun.length
    expect(first).toBeGreaterThan(0)
    const ended = { outcome: 'rolled-back', kind: 'automatic', trigger: 'logged-out' }
    bus.emit('failover.ended', ended as never, { account: 'a-0' })
    await pass(59_000)
    expect(begun.length).toBe(first)
    expect(held).toHaveLength(1)
    await pass(2_000)
    expect(begun.length).toBeGreaterThan(first)
    bus.emit('failover.ended', ended as never, { account: 'a-0' })
    change(0, { state: 'replaced' })
    await pass(300)
    expect(begun.at(-1)).toMatchObject({ cause: 'replaced' })
    stop()
  })

  it('damping holds what is soft, never what WhatsApp itself has said', async () => {
    const blockedUntil = Date.now() + 300_000
    const { silence, change, begun, held, stop } = watching(5, {
      mode: () => ({ mode: 'up', blockedUntil, parked: false, byPerson: false }),
    })
    silence(1)
    await pass(1_000)
    expect(begun).toEqual([])
    expect(held).toMatchObject([{ account: 'a-1', why: expect.stringMatching(/^damped until/) }])
    change(0, { state: 'failed', lastDisconnect: { at: 0, reason: 'banned', code: 403 } })
    await pass(300)
    expect(begun[0]).toMatchObject({ account: 'a-0', cause: 'banned' })
    stop()
  })

  it('could not be begun: tried again a second later, not four times a second', async () => {
    let asked = 0
    const start = async (): Promise<null> => {
      asked += 1
      return null
    }
    const runner = { busy: () => false, start } as unknown as Runner
    const { change, stop } = watching(3, { runner })
    change(0, { state: 'logged-out', up: false })
    await pass(10_000)
    expect(asked).toBeLessThanOrEqual(11)
    stop()
  })
})

it('an account that never came up since the start, and was dialled in vain, is failed over too', async () => {
  const { bus, change, begun, stop } = watching(3)
  change(0, { state: 'connecting', up: false })
  for (let i = 0; i < 3; i++) {
    bus.emit('session.connect-failed', {} as never, { account: 'a-0' })
    await pass(19_000)
  }
  expect(begun).toEqual([])
  await pass(4_000)
  expect(begun[0]).toMatchObject({ account: 'a-0', cause: 'reconnects-exhausted', hard: false })
  stop()
})

describe('an account that is out', () => {
  it.each([
    [{ blockedUntil: 0, parked: false, byPerson: true }, []],
    [{ blockedUntil: 0, parked: true, byPerson: false }, ['a-0']],
  ])('%o', async (how, expected) => {
    const { putBack, stop } = watching(1, { mode: () => ({ mode: 'out', ...how }) })
    await pass(5_000)
    expect([...new Set(putBack)]).toEqual(expected)
    await pass(60_000)
    expect([...new Set(putBack)]).toEqual(expected)
    stop()
  })

  it('stays out while everything automatic is switched off', async () => {
    let off: string | null = 'a person switched it off'
    const { putBack, stop } = watching(1, {
      off: () => off,
      mode: () => ({ mode: 'out', blockedUntil: 0, parked: false, byPerson: false }),
    })
    await pass(3_600_000)
    expect(putBack).toEqual([])
    off = null
    await pass(1_000)
    expect([...new Set(putBack)]).toEqual(['a-0'])
    stop()
  })

  it('comes back after the longest time out, also where the clock was a year ahead when it was taken out', async () => {
    const blockedUntil = Date.now() + 365 * 86_400_000
    const { putBack, stop } = watching(1, {
      mode: () => ({ mode: 'out', blockedUntil, parked: false, byPerson: false }),
    })
    await pass(3_599_000)
    expect(putBack).toEqual([])
    await pass(2_000)
    expect([...new Set(putBack)]).toEqual(['a-0'])
    stop()
  })
})
