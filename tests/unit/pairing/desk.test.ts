// At most one attempt is open, each ends with one outcome, and the figures agree with the events.

import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PairingDesk } from '../../../agent/pairing/desk.ts'
import { hear } from '../events/heard.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

function desk(allowed = 3) {
  const heard = hear()
  let over = 0
  const settings = {
    regenerations: allowed,
    // Short first, long after a cut-off, as the learned ones are.
    window: (inARow: number) => ({ windowMs: inARow === 0 ? 60_000 : 180_000, source: 'account' }),
    codeLifeMs: 180_000,
  }
  const desk = new PairingDesk(heard.bus, { account: 'uae-1' }, settings, () => {
    over += 1
  })
  return { ...heard, desk, over: () => over }
}
const pass = (ms: number) => vi.advanceTimersByTime(ms)

it('tells the story of a scan', () => {
  const { desk: it, types, of } = desk()
  it.codeArrived('CODE-1', 60_000)
  pass(5_000)
  expect(it.view()).toMatchObject({ code: 'CODE-1' })
  pass(12_000)
  it.scanned()
  expect(types()).toEqual([
    'pairing.started',
    'pairing.code-issued',
    'pairing.code-viewed',
    'pairing.scanned',
    'pairing.ended',
  ])
  expect(of('pairing.code-viewed')).toMatchObject([{ attempt: 1, index: 1, lifeLeftMs: 55_000 }])
  expect(of('pairing.scanned')).toMatchObject([{ scanMs: 12_000 }])
  expect(of('pairing.ended')).toMatchObject([{ method: 'qr', outcome: 'linked', viewed: true, ms: 17_000 }])
  expect(it.counts).toMatchObject({ attempts: 1, codes: 1, scans: 1, scanMsSum: 12_000, scanMsCount: 1 })
})

it('a scan that nobody was shown a code for has no known time', () => {
  const { desk: it, of } = desk()
  it.codeArrived('CODE-1', 60_000)
  it.scanned()
  expect(of('pairing.scanned')).toMatchObject([{ scanMs: null }])
  expect(it.counts).toMatchObject({ scans: 1, scanMsCount: 0 })
})

it('nobody is shown anything without an attempt, after its end, or between two codes', () => {
  const { desk: it, of } = desk()
  expect(it.view()).toBeNull()
  it.codeArrived('CODE-1', 20_000)
  pass(20_000)
  expect(it.view()).toBeNull()
  it.codeArrived('CODE-2', 20_000)
  it.end('aborted')
  expect(it.view()).toBeNull()
  expect(of('pairing.code-viewed')).toEqual([])
})

it('regenerations are bounded in a row, then one code to be typed; a scan or a person fills the allowance again', () => {
  const { desk: it, of } = desk(1)
  const expire = () => {
    it.codeArrived('CODE', 60_000)
    it.view()
    return it.next('window-expired')
  }
  expect([expire(), expire(), expire()]).toEqual(['regenerate', 'code', 'wait'])
  expect(it.counts).toMatchObject({ regenerations: 1, regenerationsFailed: 1 })
  expect(of('pairing.started').map(({ method }) => method)).toEqual(['qr', 'qr', 'code'])
  expect(of('pairing.code-fallback')).toHaveLength(1)
  expect(of('pairing.given-up')).toHaveLength(1)
  it.codeArrived('CODE', 60_000)
  it.scanned()
  expect([expire(), expire()]).toEqual(['regenerate', 'code'])
  it.startOver('qr')
  expect(expire()).toBe('regenerate')
})

it('whatever happens in whatever order, attempts begin and end in turn and the counts agree', () => {
  const act = fc.constantFrom('code', 'view', 'scan', 'expire', 'codes-end', 'abort', 'start-over', 'wait')
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const { desk: it, types, of } = desk()
      let until = 0
      for (const what of acts) {
        if (what === 'code') {
          it.codeArrived('CODE', 20_000)
          until = Date.now() + 20_000
        } else if (what === 'view') {
          const code = it.view()
          if (code) expect(Date.now()).toBeLessThan(until)
        } else if (what === 'scan') it.scanned()
        else if (what === 'expire') it.next('window-expired')
        else if (what === 'codes-end') it.next('codes-ended')
        else if (what === 'abort') it.end('aborted')
        else if (what === 'start-over') it.startOver('qr')
        else pass(15_000)
      }
      const turns = types().filter((type) => type === 'pairing.started' || type === 'pairing.ended')
      for (const [i, type] of turns.entries()) expect(type).toBe(i % 2 ? 'pairing.ended' : 'pairing.started')
      expect(it.attempt !== null).toBe(turns.length % 2 === 1)
      expect(of('pairing.started').map(({ attempt }) => attempt)).toEqual(
        Array.from({ length: it.counts.attempts }, (_, i) => i + 1),
      )
      expect(of('pairing.code-issued')).toHaveLength(it.counts.codes)
      expect(of('pairing.scanned')).toHaveLength(it.counts.scans)
      expect(of('pairing.regenerated')).toHaveLength(it.counts.regenerations)
    }),
  )
})

it('says once when the window is over: from the first view, or from the start when nobody looks', () => {
  const { desk: it, over } = desk()
  it.codeArrived('CODE-1', 60_000)
  pass(59_999)
  it.view()
  pass(59_999)
  expect(over()).toBe(0)
  pass(1)
  expect(over()).toBe(1)
  expect(it.next('window-expired')).toBe('regenerate')
  it.codeArrived('CODE-2', 60_000)
  pass(179_999)
  expect(over()).toBe(1)
  pass(1)
  expect(over()).toBe(2)
  expect(it.next('window-expired')).toBe('wait')
  pass(3_600_000)
  expect(over()).toBe(2)
})

it('codes that run out within the window go on in the same attempt while somebody looks, and end it otherwise', () => {
  const { desk: it, of } = desk()
  it.codeArrived('CODE-1', 20_000)
  it.view()
  expect(it.next('codes-ended')).toBe('continue')
  it.codeArrived('CODE-2', 20_000)
  expect(of('pairing.code-issued')).toMatchObject([
    { attempt: 1, index: 1 },
    { attempt: 1, index: 2 },
  ])
  it.startOver('qr')
  it.codeArrived('CODE-3', 20_000)
  expect(it.next('codes-ended')).toBe('wait')
})

it('what is learned from: how long somebody watched, and how it ended', () => {
  const { desk: it, of } = desk()
  it.codeArrived('CODE-1', 60_000)
  pass(1_000)
  it.view()
  pass(60_000)
  it.next('window-expired')
  it.codeArrived('CODE-2', 60_000)
  it.view()
  pass(90_000)
  it.scanned()
  expect(of('pairing.ended')).toMatchObject([
    { outcome: 'expired', inARow: 0, watchedMs: 60_000, ms: 61_000 },
    { outcome: 'linked', inARow: 1, watchedMs: 90_000 },
  ])
})

it('a clock that is set while somebody watches is no scan time', () => {
  for (const step of [-3_600_000, 3_600_000]) {
    const { desk: it, of } = desk()
    it.codeArrived('CODE-1', 60_000)
    pass(1_000)
    it.view()
    vi.setSystemTime(Date.now() + step)
    it.scanned()
    expect(of('pairing.ended').at(-1)).toMatchObject({ outcome: 'linked', watchedMs: null })
    expect(of('pairing.ended').at(-1)?.ms).toBeGreaterThanOrEqual(0)
  }
})
