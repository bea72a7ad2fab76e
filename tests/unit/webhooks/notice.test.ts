// Which webhook is told what, and in which words.

import { expect, it } from 'vitest'
import { bodyOf, type Notice, type Wishes, wants } from '../../../agent/webhooks/notice.ts'
import { paceOf } from '../../../agent/webhooks/pace.ts'

const notice: Notice = {
  type: 'message.state',
  lane: 'c1',
  pool: 'sales',
  account: null,
  at: Date.UTC(2026, 10, 21),
  data: { state: 'acked' },
}

it.each<[Wishes, boolean]>([
  [{ events: [], pools: [] }, true],
  [{ events: ['message.state'], pools: [] }, true],
  [{ events: ['message.received', 'session.state'], pools: [] }, false],
  [{ events: [], pools: ['sales'] }, true],
  [{ events: [], pools: ['support'] }, false],
  [{ events: ['message.state'], pools: ['support', 'sales'] }, true],
])('%j: %j', (wishes, wanted) => {
  expect(wants(wishes, notice)).toBe(wanted)
})

it('the body has the id, the type, the time, whose it is and the data, and not the lane', () => {
  expect(JSON.parse(bodyOf('id-1', notice))).toEqual({
    id: 'id-1',
    type: 'message.state',
    at: '2026-11-21T00:00:00.000Z',
    account: null,
    pool: 'sales',
    data: { state: 'acked' },
  })
})

it('a webhook that fails ten times in a row is asked one at a time, with pauses', () => {
  expect(paceOf(4, 9, 1_000)).toEqual({ concurrency: 4, pauseMs: 0, down: false })
  expect(paceOf(4, 10, 1_000)).toEqual({ concurrency: 1, pauseMs: 1_000, down: true })
})
