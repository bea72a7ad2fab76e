// Of what the library calls messages, only those that somebody else sent are handed on, with the sender as the wire had it.

import { proto, type WAMessage } from '@whiskeysockets/baileys'
import { describe, expect, it } from 'vitest'
import { InboundReader } from '../../../../agent/session/baileys/inbound.ts'
import type { Inbound, SocketListener } from '../../../../agent/session/socket.ts'

const key = { id: 'IN1', remoteJid: '971500000002@s.whatsapp.net', fromMe: false }
const text = { conversation: 'hello' }

function read(message: object, type: 'notify' | 'append' = 'notify') {
  const received: Inbound[] = []
  const undecryptable: string[] = []
  const listener = {
    received: (m: Inbound) => received.push(m),
    undecryptable: (id: string) => undecryptable.push(id),
  } as unknown as SocketListener
  new InboundReader(listener).read(message as WAMessage, type)
  return { received, undecryptable }
}

it('hands on a text with its sender, time and whether it waited', () => {
  const message = { key, message: text, messageTimestamp: 1_700_000_000 }
  const expected = { messageId: 'IN1', from: '971500000002', text: 'hello', atMs: 1_700_000_000_000 }
  expect(read(message).received).toEqual([{ ...expected, offline: false }])
  expect(read(message, 'append').received).toEqual([{ ...expected, offline: true }])
})

it('an id or a time that nothing can hold becomes one that everything can, the same each time', () => {
  const odd = (id: string, messageTimestamp: unknown = 1) =>
    read({ key: { ...key, id }, message: text, messageTimestamp }).received[0]
  for (const id of ['3EB0\u0000A', 'a b', 'x'.repeat(201), 'ü']) {
    expect(odd(id)?.messageId).toMatch(/^odd-[0-9a-f]{64}$/)
    expect(odd(id)?.messageId).toBe(odd(id)?.messageId)
    expect(read({ key: { ...key, id }, messageStubType: 2 }).undecryptable).toEqual([odd(id)?.messageId])
  }
  expect(odd('a b')?.messageId).not.toBe(odd('a c')?.messageId)
  for (const time of [Number.NaN, -1, 1e18, 'soon']) {
    const at = odd('IN1', time)?.atMs as number
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000)
  }
})

describe('the sender', () => {
  it.each([
    ['a phone', { remoteJid: '971500000002@s.whatsapp.net' }, '971500000002'],
    ['a device of a phone', { remoteJid: '971500000002:17@s.whatsapp.net' }, '971500000002'],
    [
      'a LID whose phone is known',
      { remoteJid: '55@lid', remoteJidAlt: '971500000002@s.whatsapp.net' },
      '971500000002',
    ],
    ['a LID and nothing else', { remoteJid: '55@lid' }, '55'],
    [
      'a phone whose LID is known',
      { remoteJid: '971500000002@s.whatsapp.net', remoteJidAlt: '55@lid' },
      '971500000002',
    ],
  ])('is %s', (_, names, from) => {
    expect(read({ key: { ...key, ...names }, message: text }).received).toMatchObject([{ from }])
  })
})

describe('the text', () => {
  it.each([
    ['plain', { conversation: 'hello' }, 'hello'],
    ['with a link or a quote', { extendedTextMessage: { text: 'hello' } }, 'hello'],
    ['of a picture is not read', { imageMessage: { caption: 'hello' } }, null],
  ])('%s', (_, message, expected) => {
    expect(read({ key, message }).received).toMatchObject([{ text: expected }])
  })
})

it('the time survives a Long and an absent one', () => {
  const long = proto.WebMessageInfo.fromObject({ key, messageTimestamp: 1_700_000_000 }).messageTimestamp
  expect(read({ key, message: text, messageTimestamp: long }).received).toMatchObject([
    { atMs: 1_700_000_000_000 },
  ])
  expect(read({ key, message: text }).received).toMatchObject([{ atMs: 0 }])
})

it('what could not be decrypted is told by its id and not handed on', () => {
  const stub = { key, messageStubType: proto.WebMessageInfo.StubType.CIPHERTEXT, message: text }
  expect(read(stub)).toEqual({ received: [], undecryptable: ['IN1'] })
})

it.each([
  ['our own, from another device', { key: { ...key, fromMe: true }, message: text }],
  ['without an id', { key: { ...key, id: null }, message: text }],
  ['without a sender', { key: { ...key, remoteJid: null }, message: text }],
  ['without content', { key, message: null }],
])('%s: neither handed on nor told', (_, message) => {
  expect(read(message)).toEqual({ received: [], undecryptable: [] })
})
