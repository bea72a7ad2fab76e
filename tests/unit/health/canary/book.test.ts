// What comes in is taken for a test only when it is one: by its id while it is known, afterwards by its exact text from a phone of ours.

import { describe, expect, it } from 'vitest'
import { CanaryBook } from '../../../../agent/health/canary/book.ts'
import { canaryText, isCanaryText } from '../../../../agent/health/canary/text.ts'
import { Inbox } from '../../../../agent/session/inbox.ts'
import type { Inbound } from '../../../../agent/session/socket.ts'
import { phoneWriter } from '../../../harness/phone-writer.ts'
import { hear } from '../../events/heard.ts'

const ours = '+5511987654321'
const message = (change: Partial<Inbound>): Inbound => ({
  messageId: 'X1',
  ...phoneWriter('447947000001'),
  text: 'hello',
  kind: 'text',
  refersTo: null,
  atMs: 1,
  offline: false,
  ...change,
})

function open() {
  const heard = hear()
  const book = new CanaryBook(heard.bus, ['+971500000001', ours])
  let arrivals = 0
  book.begin('C1', { to: 'uae-1', arrived: () => (arrivals += 1) })
  return { ...heard, book, arrivals: () => arrivals }
}

describe('a message is a test', () => {
  it('when it is under way to this account', () => {
    const { book, arrivals, events } = open()
    expect(book.swallow('uae-1', message({ messageId: 'C1', from: '123@lid' }))).toBe(true)
    expect(arrivals()).toBe(1)
    expect(events).toEqual([])
  })

  it('and not when its id is that of one to somebody else', () => {
    const { book, arrivals } = open()
    expect(book.swallow('uae-2', message({ messageId: 'C1' }))).toBe(false)
    expect(arrivals()).toBe(0)
  })

  it('when it is late, or comes again', () => {
    const { book, arrivals, of } = open()
    book.end('C1')
    expect(book.swallow('uae-1', message({ messageId: 'C1' }))).toBe(true)
    expect(arrivals()).toBe(0)
    expect(of('canary.strayed')).toMatchObject([{ account: 'uae-1', messageId: 'C1' }])
    expect(book.knows('C1')).toBe(true)
    expect(book.knows('C2')).toBe(false)
  })

  const text = canaryText()
  it.each<[string, Partial<Inbound>, boolean]>([
    ['from before a restart, of an account of ours', { text, from: '971500000001' }, true],
    ['also in the form that WhatsApp gives its phone', { text, from: '551187654321' }, true],
    ['but not from anybody else', { text, from: '447947000001' }, false],
    ['nor anything more than the text', { text: `${text}!`, from: '971500000001' }, false],
    ['nor in several lines', { text: `${text}\n`, from: '971500000001' }, false],
    ['nor what merely begins like one', { text: 'Linda canary', from: '971500000001' }, false],
    ['nor what has no text', { text: null, from: '971500000001' }, false],
  ])('%s', (_, change, is) => {
    const { book, of } = open()
    expect(book.swallow('uae-1', message(change))).toBe(is)
    expect(of('canary.strayed')).toHaveLength(is ? 1 : 0)
  })
})

it('texts of tests are all different and say what they are', () => {
  const texts = new Set(Array.from({ length: 100 }, canaryText))
  expect(texts.size).toBe(100)
  for (const text of texts) expect(text.startsWith('Linda canary ') && isCanaryText(text)).toBe(true)
})

it('what is swallowed is not counted, not kept and not handled', () => {
  const { bus, events } = hear()
  const handled: string[] = []
  const kept: string[] = []
  const inbox = new Inbox(
    bus,
    { account: 'uae-1' },
    (_, { messageId }) => handled.push(messageId),
    async (_, { messageId }) => kept.push(messageId) > 0,
    (account, { messageId }) => account === 'uae-1' && messageId === 'C1',
  )
  inbox.take(message({ messageId: 'C1' }))
  inbox.take(message({ messageId: 'C1' }))
  expect([events, handled, kept]).toEqual([[], [], []])
  inbox.take(message({ messageId: 'X1' }))
  expect(kept).toEqual(['X1'])
})
