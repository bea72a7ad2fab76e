// Rows of silence: three sends without an acknowledgement, two test messages that never came; anything that proves the contrary ends them.

import { describe, expect, it } from 'vitest'
import { type AnyEvent, Bus, type EventData, type EventType } from '../../../agent/events.ts'
import { Hearing } from '../../../agent/health/hearing.ts'
import { AccountRecord } from '../../../agent/health/record.ts'
import { Unanswered } from '../../../agent/health/unanswered.ts'
import type { CanaryOutcome, Reason, SendFailure, SessionState } from '../../../agent/words.ts'

type Said = { [T in EventType]: [T, EventData[T]] }[EventType]

/** What the taker hears of these, in order. */
function say(taker: { take(event: AnyEvent): void }, said: readonly Said[]): void {
  const bus = new Bus('node')
  bus.onAny((event) => taker.take(event))
  for (const [type, data] of said) bus.emit(type, data as never, { account: 'a' })
}

const failed = (code: SendFailure): Said => [
  'message.failed',
  { messageId: 'm', code, outcome: code === 'ack-timeout' ? 'unknown' : 'failed' },
]
const late = failed('ack-timeout')
const written = (messageId: string): Said => ['message.sent', { messageId }]
const givenUp = (messageId: string): Said => [
  'message.failed',
  { messageId, code: 'ack-timeout', outcome: 'unknown' },
]
const acked: Said = ['message.acked', { messageId: 'm', ms: 80 }]
const moved = (to: SessionState, reason: Reason = 'asked'): Said => [
  'session.state-changed',
  { from: 'open', to, reason },
]
const opened: Said = ['session.opened', { ms: 100, reconnect: true }]
const canary = (outcome: CanaryOutcome): Said => [
  'canary.probed',
  { outcome, from: 'b', messageId: 'c', ms: 1_000 },
]
const received: Said = ['message.received', { messageId: 'm', offline: false }]

describe('sends without an acknowledgement', () => {
  it.each<[string, Said[], number | null]>([
    ['two are not enough', [late, late], null],
    ['three are', [late, late, late], 3],
    ['and so are four', [late, late, late, late], 4],
    ['one acknowledged between them begins anew', [late, late, acked, late], null],
    ['an acknowledgement ends the row', [late, late, late, acked], null],
    ['also one that comes late', [late, late, late, ['message.ack-late', { messageId: 'm', ms: 1 }]], null],
    ['a refusal is an answer', [late, late, failed('nack-479'), late], null],
    ['what was cut off counts for nothing', [late, late, failed('connection-closed')], null],
    ['and does not end the row', [late, late, failed('connection-closed'), late], 3],
    ['nor does what was never written', [late, late, failed('not-open'), late], 3],
    [
      'what is given up after others were answered had a path that works',
      [written('1'), written('2'), written('3'), acked, givenUp('1'), givenUp('2'), givenUp('3')],
      null,
    ],
    [
      'and is counted when the answer came before it was written',
      [acked, written('1'), written('2'), written('3'), givenUp('1'), givenUp('2'), givenUp('3')],
      3,
    ],
    [
      'also when it was refused in between',
      [
        written('1'),
        written('2'),
        written('3'),
        failed('nack-479'),
        givenUp('1'),
        givenUp('2'),
        givenUp('3'),
      ],
      null,
    ],
    ['a new connection ends it', [late, late, late, opened], null],
    ['while it is dialled it goes on', [late, late, late, moved('connecting')], 3],
    ['a session that ended owes nothing', [late, late, late, moved('logged-out')], null],
  ])('%s', (_, said, count) => {
    const row = new Unanswered()
    say(row, said)
    expect(row.row?.count ?? null).toBe(count)
  })
})

describe('test messages that never came', () => {
  const missed = canary('not-received')
  it.each<[string, Said[], number | null]>([
    ['one is not enough', [missed], null],
    ['two are', [missed, missed], 2],
    ['one received between them begins anew', [missed, canary('received'), missed], null],
    ['one received ends it', [missed, missed, canary('received')], null],
    ['and so does a message of anybody', [missed, missed, received], null],
    ['and one that strayed', [missed, missed, ['canary.strayed', { messageId: 'c' }]], null],
    ['what says nothing of the receiver changes nothing', [missed, canary('not-acked'), missed], 2],
    ['and nor does what failed', [missed, canary('failed'), missed], 2],
    ['a new connection proves nothing yet', [missed, missed, moved('connecting'), opened, moved('open')], 2],
    ['a session that ended has nothing to hear', [missed, missed, moved('stopped')], null],
  ])('%s', (_, said, count) => {
    const hearing = new Hearing()
    say(hearing, said)
    expect(hearing.deaf?.count ?? null).toBe(count)
  })
})

describe('test messages in the sums', () => {
  function sums(said: readonly Said[]) {
    const record = new AccountRecord((messageId) => messageId === 'c')
    say({ take: (event) => record.take(event, 0) }, said)
    return record.counts.sums(0)
  }
  const none = sums([])

  it('are operations of the sender and no messages: their time is not the response time', () => {
    expect(sums([['message.acked', { messageId: 'c', ms: 5 }]])).toEqual({ ...none, attempted: 1 })
    const lost: Said = ['message.failed', { messageId: 'c', code: 'ack-timeout', outcome: 'unknown' }]
    expect(sums([lost, canary('not-acked')])).toEqual({ ...none, attempted: 1, failed: 1 })
    expect(sums([lost, ['message.ack-late', { messageId: 'c', ms: 9 }]])).toEqual({
      ...none,
      attempted: 1,
      failed: 1,
    })
  })

  it('that are received prove that messages are processed, and those that are not the contrary', () => {
    const got = { ...none, attempted: 1, messages: 1, processed: 1 }
    expect(sums([canary('received')])).toEqual(got)
    expect(sums([['message.undecryptable', { messageId: 'c' }], canary('received')])).toEqual(got)
    expect(sums([canary('not-received')])).toEqual({ ...none, attempted: 1, failed: 1, messages: 1 })
  })

  it('count in the row of the sender like any message', () => {
    const record = new AccountRecord((messageId) => messageId === 'c')
    const lost: Said = ['message.failed', { messageId: 'c', code: 'ack-timeout', outcome: 'unknown' }]
    say({ take: (event) => record.take(event, 0) }, [lost, lost, lost])
    expect(record.unacknowledged).toBe(true)
  })
})
