// Changes of session states are written for the webhooks in their order, retried for a while, and counted when they could not be.

import { expect, it, vi } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import type { DeliveryRow } from '../../../agent/webhooks/enqueue.ts'
import type { Notice } from '../../../agent/webhooks/notice.ts'
import { SessionNotices } from '../../../agent/webhooks/session-notices.ts'
import { Recorder } from '../../harness/recorder.ts'
import { until } from '../../harness/until.ts'

/** @param fails how often the store refuses */
function setUp(fails = 0, pausesMs = [1, 2, 3, 4, 5, 6]) {
  const bus = new Bus('node-1')
  const events = new Recorder(bus)
  const written: Notice[] = []
  let tries = 0
  const queue = {
    prepare: async (notices: readonly Notice[]) => notices as unknown as DeliveryRow[],
    insert: async (_: Queryable, rows: readonly DeliveryRow[]) => {
      tries += 1
      if (tries <= fails) throw new Error('the store is away')
      written.push(...(rows as unknown as Notice[]))
    },
    wake: vi.fn(),
  }
  const sql = {
    transaction: (work: (tx: Queryable) => Promise<void>) => work({} as Queryable),
  } as unknown as Sql
  const poolOf = (account: string) => (account === 'gone-1' ? undefined : 'sales')
  const notices = new SessionNotices({ sql, bus, queue, poolOf, pausesMs })
  const change = (account: string, to: 'open' | 'connecting' = 'open') =>
    bus.emit('session.state-changed', { from: 'stopped', to, reason: 'started' }, { account })
  return { bus, events, written, queue, notices, change, tries: () => tries }
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}

it('one lane for each account, in the order in which it happened, with one wake for what came together', async () => {
  const { change, written, queue } = setUp()
  const { at } = change('uae-1', 'connecting')
  change('uae-1')
  change('uae-2')
  await turns()
  const data = { from: 'stopped', reason: 'started' }
  expect(written).toEqual([
    {
      type: 'session.state',
      lane: 'uae-1',
      pool: 'sales',
      account: 'uae-1',
      at,
      data: { ...data, to: 'connecting' },
    },
    expect.objectContaining({ lane: 'uae-1', data: { ...data, to: 'open' } }),
    expect.objectContaining({ lane: 'uae-2' }),
  ])
  expect(queue.wake).toHaveBeenCalledTimes(1)
})

it('an account that is not listed is nobody’s', async () => {
  const { change, written } = setUp()
  change('gone-1')
  await turns()
  expect(written).toEqual([])
})

it('a store that is away for some seconds costs nothing', async () => {
  const { change, written, events } = setUp(4)
  change('uae-1')
  await turns()
  change('uae-2')
  await until('both are written', () => written.length === 2)
  expect(written.map(({ lane }) => lane)).toEqual(['uae-1', 'uae-2'])
  expect(events.of('webhook.missed')).toEqual([])
})

it('one that stays away costs what waited for it, and it is said', async () => {
  const { change, written, events, tries } = setUp(7)
  change('uae-1')
  change('uae-1', 'connecting')
  await events.first('webhook.missed')
  expect(tries()).toBe(7)
  expect(events.of('webhook.missed')).toMatchObject([{ count: 2, detail: 'the store is away' }])
  change('uae-2')
  await until('the next is written', () => written.length > 0)
  expect(written.map(({ lane }) => lane)).toEqual(['uae-2'])
})

it('no more than five thousand wait', async () => {
  const { change, events } = setUp(1)
  for (let i = 0; i < 5_003; i++) change(`uae-${i}`)
  expect(events.of('webhook.missed')).toMatchObject([{ count: 1 }, { count: 1 }, { count: 1 }])
})

it('a stop tries once more, and then says what is lost', async () => {
  const { change, written, events, notices } = setUp(3, [60_000])
  change('uae-1')
  await turns()
  change('uae-2')
  await notices.stop()
  // The first was tried twice and the second once.
  expect(events.of('webhook.missed')).toMatchObject([{ count: 1 }, { count: 1 }])
  change('uae-3')
  await turns()
  expect(written).toEqual([])
})
