// A pool that sends nothing is found whatever its sessions say: why, since when, and how much waits for it.

import { expect, it } from 'vitest'
import { type PoolNow, silentPools } from '../../../agent/cli/silent-pools.ts'

const early = '2026-11-22T01:00:00.000Z'
const late = '2026-11-22T02:00:00.000Z'
const up = { share: 1, why: 'level 0', mode: 'up', modeSince: null }
const away = (modeSince: string) => ({ share: 0, why: 'in maintenance', mode: 'maintenance', modeSince })
const pool = (...accounts: Omit<PoolNow['accounts'][number], 'account'>[]): PoolNow => ({
  pool: 'sales',
  accounts: accounts.map((each, i) => ({ account: `uae-${i + 1}`, ...each })),
})
const parked = [late, early].map((acceptedAt) => ({ pool: 'sales', acceptedAt }))

it.each<[string, PoolNow, typeof parked, object[]]>([
  ['one takes everything', pool(up, { ...up, share: 0 }), [], []],
  ['nobody uses it', pool(), [], []],
  [
    'all were taken out',
    pool(away(early), away(late)),
    [],
    [{ severity: 'HIGH', silent: true, since: late }],
  ],
  [
    'all were taken out, and messages wait',
    pool(away(early), away(late)),
    parked,
    [
      {
        severity: 'CRITICAL',
        parked: 2,
        oldestAt: early,
        reasons: { 'in maintenance': ['uae-1', 'uae-2'] },
      },
    ],
  ],
  [
    'some were taken out, the others cannot',
    pool(away(early), { ...up, share: 0, why: 'its session is connecting' }),
    [],
    [{ silent: true, since: null, reasons: { 'its session is connecting': ['uae-2'] } }],
  ],
  [
    'messages wait though somebody takes',
    pool(up),
    parked,
    [{ severity: 'MEDIUM', silent: false, parked: 2 }],
  ],
  ['messages wait for a pool without accounts', pool(), parked, [{ severity: 'CRITICAL', silent: true }]],
])('%s', (_, now, waiting, expected) => {
  expect(silentPools([now], waiting)).toMatchObject(expected)
  expect(silentPools([now], waiting)).toHaveLength(expected.length)
})

it('the gravest comes first, and where parked messages are not known the pools are told all the same', () => {
  const pools = ['a', 'b', 'c'].map((id) => ({ ...pool(id === 'a' ? up : away(early)), pool: id }))
  const waiting = ['a', 'c'].map((id) => ({ pool: id, acceptedAt: early }))
  expect(silentPools(pools, waiting).map((each) => each.pool)).toEqual(['c', 'b', 'a'])
  expect(silentPools(pools, null).map((each) => each.pool)).toEqual(['b', 'c'])
  // A pool that was renamed: its messages are still there.
  expect(silentPools([], waiting).map((each) => each.pool)).toEqual(['a', 'c'])
})
