// What a record keeps of the events of an account: each fact where it belongs, and nowhere else.

import { expect, it } from 'vitest'
import { type AnyEvent, Bus } from '../../../agent/events.ts'
import { AccountRecord } from '../../../agent/health/record.ts'
import type { View } from '../../../agent/health/view.ts'
import type { SendFailure } from '../../../agent/words.ts'

const view: View = {
  account: 'a',
  state: 'open',
  since: 0,
  up: true,
  lastEvidenceAt: null,
  lastDisconnect: null,
  restriction: null,
}

it('a message that was not even tried is a failed operation and says nothing of deliveries', () => {
  const record = new AccountRecord()
  const bus = new Bus('node')
  bus.onAny((event: AnyEvent) => record.take(event, 0))
  const codes: SendFailure[] = ['not-open', 'ack-timeout', 'connection-closed', 'nack-479', 'id-taken']
  for (const [i, code] of codes.entries())
    bus.emit('message.failed', { messageId: `m${i}`, code, outcome: 'failed' }, { account: 'a' })
  const { sends } = record.facts(view, Date.now())
  expect(sends.map(({ failure }) => failure)).toEqual(['ack-timeout', 'connection-closed', 'nack-479'])
  expect(record.counts.sums(0)).toMatchObject({ attempted: 4, failed: 4, messages: 4, processed: 0 })
})
