// Of what the library calls messages, only those that somebody else sent are handed on, with the sender as the wire had it.

import { proto, type WAMessage } from '@whiskeysockets/baileys'
import { describe, expect, it } from 'vitest'
import { InboundReader } from '../../../../agent/session/baileys/inbound.ts'
import { writerOf } from '../../../../agent/session/baileys/who.ts'
import type { Handing, Inbound, SocketListener, Writer } from '../../../../agent/session/socket.ts'
import { authorOf, chatOf } from '../../../../agent/session/writer.ts'
import { phoneWriter } from '../../../harness/phone-writer.ts'
import { AuthStage } from '../auth-stage.ts'

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
  const said = { kind: 'text', text: 'hello', refersTo: null }
  const expected = { messageId: 'IN1', ...phoneWriter('971500000002'), ...said, atMs: 1_700_000_000_000 }
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
    ['no phone where there is a LID and nothing else', { remoteJid: '55@lid' }, null],
    [
      'a phone whose LID is known',
      { remoteJid: '971500000002@s.whatsapp.net', remoteJidAlt: '55@lid' },
      '971500000002',
    ],
  ])('is %s', (_, names, from) => {
    expect(read({ key: { ...key, ...names }, message: text }).received).toMatchObject([{ from }])
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
  ['keys and nothing else', { key, message: { senderKeyDistributionMessage: { groupId: 'g' } } }],
])('%s: neither handed on nor told', (_, message) => {
  expect(read(message)).toEqual({ received: [], undecryptable: [] })
})

it('one that cannot be read is missed until the same message is kept, and no other is', async () => {
  const at = new AuthStage()
  await at.open()
  const handings: (Handing | undefined)[] = []
  const undecryptable: string[] = []
  const listener = {
    received: (_: Inbound, handing?: Handing) => handings.push(handing),
    undecryptable: (id: string) => undecryptable.push(id),
  } as unknown as SocketListener
  const reader = new InboundReader(listener, at.auth.decrypted)
  const unreadable = (names: object = {}) =>
    reader.read({ key: { ...key, ...names }, messageStubType: 2 } as WAMessage, 'append')
  reader.read({ key, message: text, messageTimestamp: 1 } as WAMessage, 'notify')
  unreadable()
  expect(undecryptable).toEqual(['IN1'])
  handings[0]?.kept(true)
  unreadable()
  expect(undecryptable).toEqual(['IN1'])
  unreadable({ id: 'IN2' })
  unreadable({ remoteJid: '971500000003@s.whatsapp.net' })
  expect(undecryptable).toEqual(['IN1', 'IN2', 'IN1'])
})

describe('who wrote it', () => {
  const group = '120363041234567890@g.us'
  const phone = '447946000001@s.whatsapp.net'
  it.each([
    ['a LID', { remoteJid: '55@lid' }, { from: null, lid: '55', group: null, participant: null }],
    [
      'a phone with its LID',
      { remoteJid: '55:3@lid', remoteJidAlt: phone },
      { from: '447946000001', lid: '55', group: null, participant: null },
    ],
    [
      'a phone in a group: no answer goes to it by itself',
      { remoteJid: group, participant: phone },
      { from: null, lid: null, group: '120363041234567890', participant: '447946000001' },
    ],
    [
      'a LID in a group',
      { remoteJid: group, participant: '55@lid', participantAlt: phone },
      { from: null, lid: '55', group: '120363041234567890', participant: '447946000001' },
    ],
    [
      'a phone, to a list of recipients',
      { remoteJid: '17@broadcast', participant: phone },
      { from: '447946000001', lid: null, group: null, participant: null },
    ],
  ])('%s', (_, names, expected) => {
    expect(read({ key: { ...key, ...names }, message: text }).received).toMatchObject([expected])
  })

  it.each([
    ['a status post', { remoteJid: 'status@broadcast', participant: phone }],
    ['a channel', { remoteJid: '1203@newsletter' }],
    ['no person', { remoteJid: '13135550002@bot' }],
    ['a group without its writer', { remoteJid: group }],
  ])('%s: neither handed on nor told', (_, names) => {
    const it = { key: { ...key, ...names }, message: text }
    expect(read(it)).toEqual({ received: [], undecryptable: [] })
    expect(read({ ...it, messageStubType: 2 })).toEqual({ received: [], undecryptable: [] })
  })

  it('people and chats have names of their own, whatever digits they share', () => {
    const writers = [
      { remoteJid: '55@s.whatsapp.net' },
      { remoteJid: '55@lid' },
      { remoteJid: '55@g.us', participant: '55@lid' },
      { remoteJid: '55@g.us', participant: '55@s.whatsapp.net' },
      { remoteJid: '56@g.us', participant: '55@s.whatsapp.net' },
    ].map((names) => writerOf(names) as Writer)
    expect(new Set(writers.map(authorOf)).size).toBe(5)
    expect(writers.map(chatOf)).toEqual(['55', 'lid/55', 'group/55', 'group/55', 'group/56'])
  })
})
