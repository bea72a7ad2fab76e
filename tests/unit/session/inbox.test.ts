// An inbound message is counted and handed on once, however often WhatsApp repeats it.

import { expect, it, vi } from 'vitest'
import { Inbox } from '../../../agent/session/inbox.ts'
import type { Inbound } from '../../../agent/session/socket.ts'
import { hear } from '../events/heard.ts'

const message = (messageId: string, from = '971500000001'): Inbound => ({
  messageId,
  from,
  text: 'secret words',
  atMs: 1,
  offline: false,
})

function inbox(handler?: (message: Inbound) => void) {
  const heard = hear()
  const handed: [string, string][] = []
  const box = new Inbox(heard.bus, { account: 'uae-1' }, (account, m) => {
    handler?.(m)
    handed.push([account, m.messageId])
  })
  return { ...heard, box, handed }
}

it('hands on a repeated message once, and counts the repeat as a trap', () => {
  const { box, handed, of } = inbox()
  for (const id of ['M1', 'M2', 'M1']) box.take(message(id))
  expect(handed).toEqual([
    ['uae-1', 'M1'],
    ['uae-1', 'M2'],
  ])
  expect(of('message.received').map(({ messageId }) => messageId)).toEqual(['M1', 'M2'])
  expect(of('session.trapped')).toMatchObject([{ trap: 'duplicate-inbound', detail: 'M1', account: 'uae-1' }])
})

it('two people may use the same id', () => {
  const { box, handed } = inbox()
  box.take(message('M1', '971500000001'))
  box.take(message('M1', '971500000002'))
  expect(handed).toHaveLength(2)
})

it('remembers thousands of messages, not only the last few', () => {
  const { box, handed } = inbox()
  for (let i = 0; i < 5_000; i++) box.take(message(`M${i}`))
  box.take(message('M0'))
  expect(handed).toHaveLength(5_000)
})

it('neither the text nor the sender gets into an event', () => {
  const { box, events } = inbox()
  box.take(message('M1'))
  box.take(message('M1'))
  box.undecryptable('M2')
  expect(JSON.stringify(events)).not.toMatch(/secret|971500000001/)
  expect(events.at(-1)).toMatchObject({ type: 'message.undecryptable', messageId: 'M2' })
})

it('a message that its handler could not take is an event, harms nobody, and may be handed over again', () => {
  let broken = true
  const taken: string[] = []
  const { box, of } = inbox(({ messageId }) => {
    if (broken) throw new Error('handler is wrong')
    taken.push(messageId)
  })
  box.take(message('M1'))
  expect(of('message.handler-failed')).toMatchObject([{ messageId: 'M1', detail: 'handler is wrong' }])
  broken = false
  box.take(message('M1'))
  box.take(message('M1'))
  expect(taken).toEqual(['M1'])
})

it('one that the store never takes does not stand in the way, and the others keep their order', async () => {
  vi.useFakeTimers()
  try {
    const heard = hear()
    const handed: string[] = []
    let away = true
    const box = new Inbox(
      heard.bus,
      { account: 'uae-1' },
      (_, { messageId }) => handed.push(messageId),
      async (_, { messageId }) => {
        if (away || messageId === 'M0') throw new Error('not this one')
        return true
      },
    )
    for (let i = 0; i < 250; i++) box.take(message(`M${i}`))
    await vi.advanceTimersByTimeAsync(3_000)
    expect(handed).toEqual([])
    away = false
    await vi.advanceTimersByTimeAsync(1_000)
    expect(handed).toEqual(Array.from({ length: 249 }, (_, i) => `M${i + 1}`))
    box.take(message('late'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(handed.at(-1)).toBe('late')
  } finally {
    vi.useRealTimers()
  }
})
