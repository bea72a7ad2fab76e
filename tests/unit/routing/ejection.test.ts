// Accounts whose sends fail in a row get a pause, longer each time, and never more than half of a pool at once.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ejections, type PoolFacts, type SendFacts } from '../../../agent/routing/ejection.ts'
import { EjectionKeeper, type EjectionParts } from '../../../agent/routing/ejection-keeper.ts'
import type { SendFailure } from '../../../agent/words.ts'
import { hear } from '../events/heard.ts'

const settings = { failures: 3, stepMs: 30_000, maxMs: 600_000 }
const facts = (account: string, but: Partial<SendFacts> = {}): SendFacts => ({
  account,
  failuresInARow: 3,
  ejections: 0,
  ejectedUntil: null,
  ...but,
})

const poolOf = (size: number, unfit: string[] = []): PoolFacts => ({
  accounts: Array.from({ length: size }, (_, i) => String.fromCharCode(97 + i)),
  unfit: new Set(unfit),
})

describe('the decision', () => {
  it.each([
    [0, null, 30_000],
    [1, 0, 60_000],
    [4, 0, 150_000],
    [19, 0, 600_000],
    [500, 0, 600_000],
    [1, -600_000, 30_000],
    [4, -1_300_000, 90_000],
  ])('after %i times, the last of which ended at %s: %i ms', (count, ejectedUntil, forMs) => {
    expect(ejections([facts('a', { ejections: count, ejectedUntil })], poolOf(4), settings, 1)).toMatchObject(
      [{ account: 'a', forMs }],
    )
  })

  it.each([
    [1, [], []],
    [2, [], ['a']],
    [3, [], ['a']],
    [4, [], ['a', 'b']],
    [4, ['d'], ['a']],
    [4, ['c', 'd'], []],
    [4, ['b', 'c', 'd'], []],
    [2, ['b'], ['b']],
    [2, ['x'], []],
    [3, ['b'], ['b']],
    [4, ['a', 'b'], ['a', 'b']],
  ])('in a pool of %i of which %o are away: %o', (size, unfit, out) => {
    const all = [facts('b'), facts('a', { failuresInARow: 9 }), facts('c', { failuresInARow: 2 })]
    expect(ejections(all, poolOf(size, unfit), settings, 1).map(({ account }) => account)).toEqual(out)
  })

  it('never leaves less than half of the pool in, whatever came before and whoever is away', () => {
    const fact = fc.record({
      failuresInARow: fc.nat({ max: 9 }),
      ejections: fc.nat({ max: 50 }),
      ejectedUntil: fc.option(fc.integer({ min: 0, max: 200 })),
    })
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 9 }), fc.array(fc.nat({ max: 9 })), (all, gone) => {
        const pool = poolOf(
          10,
          gone.map((i) => String.fromCharCode(97 + i)),
        )
        const named = all.map((each, i) => ({ ...each, account: pool.accounts[i] as string }))
        const out = named.filter(({ ejectedUntil }) => ejectedUntil !== null && ejectedUntil > 100)
        const found = ejections(named, pool, settings, 100)
        const away = new Set([...pool.unfit, ...out.map(({ account }) => account)])
        for (const { account, forMs } of found) {
          expect(out.map((each) => each.account)).not.toContain(account)
          expect(forMs).toBeLessThanOrEqual(settings.maxMs)
          away.add(account)
        }
        if (found.length > 0) expect(away.size).toBeLessThanOrEqual(5)
      }),
    )
  })
})

function stage(but: Partial<EjectionParts> = {}) {
  const heard = hear()
  let now = 1_000
  let messages = 0
  const keeper = new EjectionKeeper({
    bus: heard.bus,
    pool: (account) => (account === 'stray' ? null : poolOf(4)),
    mode: 'on',
    settings,
    now: () => now,
    ...but,
  })
  const fail = (account: string, times = 1, code: SendFailure = 'ack-timeout'): void => {
    for (let i = 0; i < times; i++)
      heard.bus.emit('message.failed', { messageId: `M${++messages}`, code, outcome: 'failed' }, { account })
  }
  const ack = (account: string) => heard.bus.emit('message.acked', { messageId: 'M', ms: 1 }, { account })
  return { ...heard, keeper, fail, ack, at: (ms: number) => (now = ms) }
}

describe('the keeper', () => {
  it('ejects at the third failure in a row, says it, and lets the account come back', () => {
    const ejected: string[] = []
    const { keeper, fail, of } = stage({ onEjected: (account) => ejected.push(account) })
    fail('a', 2)
    expect(keeper.until('a')).toBe(null)
    fail('a')
    expect(keeper.until('a')).toBe(31_000)
    expect(ejected).toEqual(['a'])
    expect(of('account.ejected')).toMatchObject([
      { account: 'a', forMs: 30_000, failures: 3, ejections: 1, shadow: false },
    ])
  })

  it('begins to count anew with each acknowledgement', () => {
    const { keeper, fail, ack } = stage()
    fail('a', 2)
    ack('a')
    ack('b')
    fail('a', 2)
    expect(keeper.until('a')).toBe(null)
  })

  it('does not hold against an account what speaks of the sender or of its session', () => {
    const { keeper, fail } = stage()
    for (const code of ['id-taken', 'not-on-whatsapp', 'not-open'] as const) fail('a', 9, code)
    expect(keeper.until('a')).toBe(null)
  })

  it('does not hold against an account what WhatsApp refuses a message for, but what it refuses the account for', () => {
    const { keeper, fail } = stage()
    for (const code of ['nack-479', 'nack-400', 'nack-404'] as const) fail('a', 9, code)
    expect(keeper.until('a')).toBe(null)
    fail('a', 1, 'nack-463')
    fail('a', 1, 'nack-429')
    fail('a', 1, 'nack-500')
    expect(keeper.until('a')).toBe(31_000)
  })

  it('counts a message once, however often it is tried', () => {
    const { keeper, bus, fail } = stage()
    const again = () =>
      bus.emit(
        'message.failed',
        { messageId: 'same', code: 'encryption-failed', outcome: 'failed' },
        { account: 'a' },
      )
    for (let i = 0; i < 9; i++) again()
    fail('a')
    expect(keeper.until('a')).toBe(null)
    fail('a')
    expect(keeper.until('a')).toBe(31_000)
  })

  it('ejects nobody where the others are away already', () => {
    const { keeper, fail, of } = stage({ pool: () => poolOf(2, ['b']) })
    fail('a', 50)
    expect(keeper.until('a')).toBe(null)
    expect(of('account.ejected')).toEqual([])
  })

  it('takes no notice of what still fails while the account is out; the second time lasts twice as long', () => {
    const { keeper, fail, of, at } = stage()
    fail('a', 20)
    expect(of('account.ejected')).toHaveLength(1)
    at(31_000)
    fail('a', 3)
    expect(keeper.until('a')).toBe(91_000)
  })

  it('leaves half of the pool in, and takes the next one when there is room again', () => {
    const { keeper, fail, at, of } = stage()
    for (const account of ['a', 'b', 'c']) fail(account, 4)
    expect(of('account.ejected').map(({ account }) => account)).toEqual(['a', 'b'])
    at(31_000)
    fail('c')
    expect(keeper.until('c')).toBe(61_000)
  })

  it('in shadow mode says whom it would have ejected, once, and ejects nobody', () => {
    const { keeper, fail, of } = stage({ mode: 'shadow' })
    fail('a', 10)
    expect(of('account.ejected')).toMatchObject([{ account: 'a', shadow: true }])
    expect(keeper.until('a')).toBe(null)
  })

  it('switched off or stopped it follows nothing; an account of no pool is left alone', () => {
    const off = stage({ mode: 'off' })
    off.fail('a', 10)
    const on = stage()
    on.fail('stray', 10)
    on.keeper.stop()
    on.fail('a', 10)
    expect([...off.of('account.ejected'), ...on.of('account.ejected')]).toEqual([])
  })
})
