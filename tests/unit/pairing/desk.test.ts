// At most one attempt is open, each ends with one outcome, and the figures agree with the events.

import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PairingDesk } from '../../../agent/pairing/desk.ts'
import { hear } from '../events/heard.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

function desk(allowed = 3) {
  const heard = hear()
  return { ...heard, desk: new PairingDesk(heard.bus, { account: 'uae-1' }, allowed) }
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

it('regenerations are bounded in a row; a scan or a person fills the allowance again', () => {
  const { desk: it } = desk(1)
  const expire = () => {
    it.codeArrived('CODE', 60_000)
    it.view()
    return it.expired()
  }
  expect([expire(), expire()]).toEqual(['regenerate', 'wait'])
  expect(it.counts).toMatchObject({ regenerations: 1, regenerationsFailed: 1 })
  it.codeArrived('CODE', 60_000)
  it.scanned()
  expect([expire(), expire()]).toEqual(['regenerate', 'wait'])
  it.startOver()
  expect(expire()).toBe('regenerate')
})

it('whatever happens in whatever order, attempts begin and end in turn and the counts agree', () => {
  const act = fc.constantFrom('code', 'view', 'scan', 'expire', 'abort', 'start-over', 'wait')
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
        else if (what === 'expire') it.expired()
        else if (what === 'abort') it.end('aborted')
        else if (what === 'start-over') it.startOver()
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
