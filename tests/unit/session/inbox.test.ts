// An inbound message is counted and handed on once, however often WhatsApp repeats it.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Inbox, type KeepInbound } from '../../../agent/session/inbox.ts'
import type { Handing, Inbound } from '../../../agent/session/socket.ts'
import { phoneWriter } from '../../harness/phone-writer.ts'
import { hear } from '../events/heard.ts'

const message = (messageId: string, from = '971500000001'): Inbound => ({
  messageId,
  ...phoneWriter(from),
  text: 'secret words',
  kind: 'text',
  refersTo: null,
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

describe('who hands on a repeat', () => {
  const handing = (say: (isNew: boolean) => void): Handing => ({ again: false, kept: say })

  it('of what waits for the store hears that it is kept when it is, as no news', async () => {
    const { bus, of } = hear()
    const store = Promise.withResolvers<boolean>()
    const keep = vi.fn<KeepInbound>(() => store.promise)
    const handed: string[] = []
    const box = new Inbox(bus, { account: 'uae-1' }, (_, { messageId }) => handed.push(messageId), keep)
    const said: [string, boolean][] = []
    for (const who of ['first', 'second'])
      box.take(
        message('M1'),
        handing((isNew) => said.push([who, isNew])),
      )
    box.take(message('M1'))
    await Promise.resolve()
    expect(said).toEqual([])
    store.resolve(true)
    await box.flush()
    expect(said).toEqual([
      ['first', true],
      ['second', false],
    ])
    expect(keep).toHaveBeenCalledTimes(1)
    expect(handed).toEqual(['M1'])
    expect(of('session.trapped').map(({ trap }) => trap)).toEqual(Array(2).fill('duplicate-inbound'))
  })

  it.each([
    ['was kept', async () => true],
    ['was handled where nothing is stored', undefined],
  ])('of what %s hears it at once, also when thousands came in between', async (_, keep?: KeepInbound) => {
    const box = new Inbox(hear().bus, { account: 'uae-1' }, () => {}, keep)
    box.take(message('M1'))
    for (let i = 0; i < 1_500; i++) box.take(message(`other ${i}`))
    await box.flush()
    const said: boolean[] = []
    box.take(
      message('M1'),
      handing((isNew) => said.push(isNew)),
    )
    expect(said).toEqual([false])
  })
})

describe('a store that fails', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())
  const storing = (keep: KeepInbound) => {
    const heard = hear()
    const handed: string[] = []
    const about = { account: 'uae-1' }
    const box = new Inbox(heard.bus, about, (_, { messageId }) => handed.push(messageId), keep)
    return { ...heard, box, handed }
  }

  it('with one message and takes the next: they are stored and handled in their order all the same', async () => {
    const kept: string[] = []
    let first = true
    const { box, handed } = storing(async (_, { messageId }) => {
      const fails = first
      first = false
      await new Promise((resolve) => setTimeout(resolve, fails ? 50 : 1))
      if (fails) throw new Error('not now')
      kept.push(messageId)
      return true
    })
    box.take(message('M1'))
    await vi.advanceTimersByTimeAsync(20)
    box.take(message('M2'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(kept).toEqual(['M1', 'M2'])
    expect(handed).toEqual(['M1', 'M2'])
  })

  it('now and then, for whom it likes: nobody is lost, and nobody overtakes within a chat', async () => {
    const sent = fc.array(fc.record({ chat: fc.nat(3), afterMs: fc.nat(30) }), { maxLength: 30 })
    const faults = fc.infiniteStream(fc.record({ fails: fc.boolean(), ms: fc.nat(20) }))
    await fc.assert(
      fc.asyncProperty(sent, faults, async (messages, weather) => {
        const { box, handed } = storing(async () => {
          const { fails, ms } = weather.next().value
          await new Promise((resolve) => setTimeout(resolve, ms))
          if (fails) throw new Error('not now')
          return true
        })
        for (const [i, { chat, afterMs }] of messages.entries()) {
          box.take(message(`${chat}/${String(i).padStart(2, '0')}`, `97150000000${chat}`))
          await vi.advanceTimersByTimeAsync(afterMs)
        }
        for (let i = 0; i < 100 && handed.length < messages.length; i++)
          await vi.advanceTimersByTimeAsync(1_000)
        expect(handed).toHaveLength(messages.length)
        for (const chat of [0, 1, 2, 3]) {
          const ofChat = handed.filter((id) => id.startsWith(`${chat}/`))
          expect(ofChat).toEqual([...ofChat].sort())
        }
      }),
      { numRuns: 30 },
    )
  })

  it('for ever with one message: others go on, and in time its own chat too, in their order', async () => {
    let away = true
    const { box, handed } = storing(async (_, { messageId }) => {
      if (away || messageId === 'M0') throw new Error('not this one')
      return true
    })
    for (let i = 0; i < 250; i++) box.take(message(`M${i}`, i < 50 ? undefined : '971500000002'))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(handed).toEqual([])
    away = false
    await vi.advanceTimersByTimeAsync(1_000)
    expect(handed).toEqual(Array.from({ length: 200 }, (_, i) => `M${i + 50}`))
    // Only where the store takes others it is not the store.
    for (let i = 0; i < 25; i++) {
      box.take(message(`other ${i}`, '971500000003'))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    const own = handed.filter((id) => /^M[1-4]?[0-9]$/.test(id))
    expect(own).toEqual(Array.from({ length: 49 }, (_, i) => `M${i + 1}`))
    box.take(message('late'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(handed.at(-1)).toBe('late')
  })
})
