// What somebody said is found in whatever it is wrapped in, with its kind and the message that it speaks of; talk between devices is nobody's.

import { proto } from '@whiskeysockets/baileys'
import { expect, it } from 'vitest'
import { contentOf } from '../../../../agent/session/baileys/content.ts'
import { inboundKinds } from '../../../../agent/words.ts'

const { Type } = proto.Message.ProtocolMessage
const key = { remoteJid: '971500000002@s.whatsapp.net', id: 'OLD' }
const hello = { extendedTextMessage: { text: 'hello' } }
const edit = { type: Type.MESSAGE_EDIT, key, editedMessage: { conversation: 'better' } }
const says = (kind: string, text: string | null = null, refersTo: string | null = null) => ({
  kind,
  text,
  refersTo,
})

const table: [string, proto.IMessage, ReturnType<typeof says> | null][] = [
  ['plain', { conversation: 'hello' }, says('text', 'hello')],
  ['with a link or a quote', hello, says('text', 'hello')],
  ['disappearing', { ephemeralMessage: { message: hello } }, says('text', 'hello')],
  [
    'to be seen once',
    { viewOnceMessageV2: { message: { imageMessage: { caption: 'hello' } } } },
    says('image', 'hello'),
  ],
  [
    'twice wrapped',
    { ephemeralMessage: { message: { viewOnceMessage: { message: hello } } } },
    says('text', 'hello'),
  ],
  ['with keys', { ...hello, senderKeyDistributionMessage: { groupId: 'g' } }, says('text', 'hello')],
  ['a picture', { imageMessage: {} }, says('image')],
  ['a film', { videoMessage: { caption: 'look' } }, says('video', 'look')],
  ['a voice', { audioMessage: { ptt: true } }, says('audio')],
  [
    'a file',
    { documentWithCaptionMessage: { message: { documentMessage: { caption: 'read' } } } },
    says('document', 'read'),
  ],
  ['a sticker', { stickerMessage: {} }, says('sticker')],
  ['a place', { locationMessage: { name: 'here' } }, says('location', 'here')],
  ['a card', { contactMessage: { displayName: 'Ada' } }, says('contact', 'Ada')],
  ['a reaction', { reactionMessage: { key, text: '+1' } }, says('reaction', '+1', 'OLD')],
  ['a reaction taken back', { reactionMessage: { key, text: '' } }, says('reaction', null, 'OLD')],
  [
    'a button',
    { buttonsResponseMessage: { selectedButtonId: 'x', selectedDisplayText: 'Yes' } },
    says('reply', 'Yes'),
  ],
  [
    'a button of a template',
    { templateButtonReplyMessage: { selectedDisplayText: 'Yes' } },
    says('reply', 'Yes'),
  ],
  ['an entry of a list', { listResponseMessage: { title: 'Two' } }, says('reply', 'Two')],
  ['a poll', { pollCreationMessageV3: { name: 'When?' } }, says('poll', 'When?')],
  ['a vote', { pollUpdateMessage: { pollCreationMessageKey: key } }, says('vote', null, 'OLD')],
  ['an edit', { protocolMessage: edit }, says('edit', 'better', 'OLD')],
  [
    'an edit, wrapped',
    { editedMessage: { message: { protocolMessage: edit } } },
    says('edit', 'better', 'OLD'),
  ],
  ['a deletion', { protocolMessage: { type: Type.REVOKE, key } }, says('deletion', null, 'OLD')],
  ['what nobody knows', { orderMessage: {} }, says('other')],
  ['keys only', { senderKeyDistributionMessage: { groupId: 'g' } }, null],
  ['a timer', { protocolMessage: { type: Type.EPHEMERAL_SETTING, ephemeralExpiration: 86_400 } }, null],
  ['context only', { messageContextInfo: {} }, null],
  ['nothing', {}, null],
]

it.each(table)('%s', (_, message, expected) => {
  // As it comes from the wire, where absent fields read as null.
  const decoded = proto.Message.decode(proto.Message.encode(proto.Message.fromObject(message)).finish())
  expect(contentOf(decoded)).toEqual(expected)
})

it('every kind has a case, and nothing at all says nothing', () => {
  expect(new Set(table.flatMap(([, , expected]) => expected?.kind ?? []))).toEqual(new Set(inboundKinds))
  expect([contentOf(null), contentOf(undefined)]).toEqual([null, null])
})
