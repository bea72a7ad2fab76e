// What the routing may choose from is told truly: sessions as they are, settings over the list, each account once.

import { expect, it } from 'vitest'
import { candidatesOf, type Own, standingOf, whyUnusable } from '../../../agent/fleet/candidates.ts'
import type { OtherStanding } from '../../../agent/fleet/standing.ts'
import type { Candidate } from '../../../agent/routing/candidate.ts'
import { refusal } from '../../../agent/routing/plan.ts'
import { nothingSet, type RoutingSnapshot } from '../../../agent/routing/settings-rows.ts'
import { slowStart } from '../../../agent/routing/slow-start.ts'
import { account } from './stage.ts'

const open = { state: 'open', up: true, restriction: null } as const
const own = (n: number, but: Partial<Own> = {}): Own => ({
  account: account(n),
  epoch: 5,
  snapshot: open,
  linked: true,
  healthStatus: 'healthy',
  active: 2,
  spentUntil: null,
  ejectedUntil: null,
  ...but,
})
const other = (id: string, but: Partial<OtherStanding> = {}): OtherStanding => ({
  account: id,
  phone: '+971500000077',
  pool: 'sales',
  role: 'primary',
  priority: 1,
  weight: 1,
  region: 'ksa',
  node: 'node-2',
  epoch: 5,
  data: {
    usable: true,
    unusableBecause: null,
    linked: true,
    healthStatus: 'warning',
    active: 7,
    spentForMs: null,
    ejectedForMs: null,
  },
  ...but,
})
const set = (but: Partial<RoutingSnapshot>): RoutingSnapshot => ({ ...nothingSet, ...but })
const mode = { why: '', since: 0, failovers: 0, blockedUntil: 0, returnedAt: null }

it.each([
  [open, null],
  [{ ...open, up: false }, 'its server gives no sign of life'],
  [{ ...open, state: 'connecting' as const, up: false }, 'its session is connecting'],
  [{ ...open, restriction: { kind: 'x', until: null } as never }, 'WhatsApp restricts it'],
  [{ ...open, state: 'restricted' as const }, 'WhatsApp restricts it'],
])('a session that is %o: %s', (snapshot, why) => {
  expect(whyUnusable(snapshot)).toBe(why)
})

it('an account of this node is as its session is', () => {
  expect(candidatesOf([own(1)], [], nothingSet, 0)).toEqual([
    {
      account: 'uae-1',
      role: 'primary',
      priority: 1,
      weight: 1,
      region: 'uae',
      mode: 'up',
      usable: true,
      unusableBecause: null,
      linked: true,
      healthStatus: 'healthy',
      active: 2,
      returnedAt: null,
      spentUntil: null,
      ejectedUntil: null,
    },
  ])
})

it('an account of another node is as that node says, its ejection by the clock of this one', () => {
  const data = { ...other('x').data, ejectedForMs: 4_000 }
  expect(candidatesOf([], [other('ksa-1', { data })], nothingSet, 10_000)).toMatchObject([
    { account: 'ksa-1', region: 'ksa', healthStatus: 'warning', active: 7, ejectedUntil: 14_000 },
  ])
})

it('what was set wins over what is listed', () => {
  const settings = set({
    accounts: new Map([['uae-1', { weight: 9 }]]),
    modes: new Map([['uae-1', { ...mode, mode: 'draining', returnedAt: 3 }]]),
  })
  expect(candidatesOf([own(1)], [], settings, 0)).toMatchObject([
    { weight: 9, priority: 1, mode: 'draining', returnedAt: 3 },
  ])
})

it('an account of two nodes is that of the higher epoch, and of this node where nobody else holds it', () => {
  const found = (others: OtherStanding[]) =>
    candidatesOf([own(1)], others, nothingSet, 0).map(({ region }) => region)
  expect(found([other('uae-1')])).toEqual(['uae'])
  expect(found([other('uae-1', { epoch: 6 })])).toEqual(['ksa'])
  expect(found([other('uae-1', { epoch: 6, node: null })])).toEqual(['uae'])
})

it('the end of an ejection is a return, whichever was later', () => {
  const settings = set({ modes: new Map([['uae-1', { ...mode, mode: 'up', returnedAt: 500 }]]) })
  const returned = (ejectedUntil: number | null) =>
    candidatesOf([own(1, { ejectedUntil })], [], settings, 0)[0]?.returnedAt
  expect([returned(null), returned(400), returned(600)]).toEqual([500, 500, 600])
  expect(candidatesOf([own(1, { ejectedUntil: 600 })], [], nothingSet, 0)[0]?.returnedAt).toBe(600)
})

it('says to others what it knows, and how much longer an ejection lasts in whole seconds', () => {
  const data = (ejectedUntil: number | null) => standingOf(own(1, { ejectedUntil }), 10_000, 0).data
  expect(standingOf(own(1, { snapshot: { ...open, up: false }, linked: false }), 0, 0)).toEqual({
    account: 'uae-1',
    epoch: 5,
    data: {
      usable: false,
      unusableBecause: 'its server gives no sign of life',
      linked: false,
      healthStatus: 'healthy',
      active: 2,
      spentForMs: null,
      ejectedForMs: null,
    },
  })
  expect(data(10_001).ejectedForMs).toBe(1_000)
  expect(data(9_999).ejectedForMs).toBe(null)
})

it.each([
  [29_000, null],
  [30_000, 0],
  [31_000, 0],
  [45_000, -10_000],
  [329_999, -290_000],
  [330_000, null],
  [900_000, null],
])('after an ejection until 30,000 it starts slowly on every node alike: at %i since %o', (now, since) => {
  const slowMs = 300_000
  const here = own(1, { ejectedUntil: 30_000 })
  // As the store keeps it.
  const data = JSON.parse(JSON.stringify(standingOf(here, now, slowMs).data))
  const part = (candidates: Candidate[]): number => {
    const [found] = candidates
    return found?.ejectedUntil != null && found.ejectedUntil > now
      ? 0
      : slowStart(found?.returnedAt ?? null, now, slowMs)
  }
  const there = candidatesOf([], [other('uae-1', { data })], nothingSet, now)
  if (now >= 30_000) expect(data.ejectedForMs).toBe(since)
  expect(part(there)).toBeCloseTo(part(candidatesOf([here], [], nothingSet, now)), 1)
})

it('says to others that a limit of the day is spent, in whole minutes, and is believed', () => {
  const said = (spentUntil: number) => standingOf(own(1, { spentUntil }), 10_000, 0).data.spentForMs
  expect([said(9_999), said(10_001), said(190_000)]).toEqual([null, 60_000, 180_000])
  const { data } = other('ksa-1')
  const [found] = candidatesOf([], [other('ksa-1', { data: { ...data, spentForMs: 60_000 } })], nothingSet, 5)
  expect(found?.spentUntil).toBe(60_005)
  expect(refusal(found as Candidate, 5)).toBe('its limit of the day is spent, for 1 min at most')
  expect(refusal(found as Candidate, 60_005)).toBe(null)
})
