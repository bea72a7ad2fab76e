// Who wrote a message and whom an answer goes to: a phone is called one only where WhatsApp says that it is.

import { jidDecode, type WAMessageKey } from '@whiskeysockets/baileys'
import type { Writer } from '../socket.ts'

const phones: ReadonlySet<string> = new Set(['s.whatsapp.net', 'hosted', 'c.us'])
const lids: ReadonlySet<string> = new Set(['lid', 'hosted.lid'])

type Key = Pick<WAMessageKey, 'remoteJid' | 'remoteJidAlt' | 'participant' | 'participantAlt'>

/** Null for what nobody wrote to the account: status posts of contacts, channels, and what is no person at all. */
export function writerOf({ remoteJid, remoteJidAlt, participant, participantAlt }: Key): Writer | null {
  const chat = jidDecode(remoteJid ?? undefined)
  if (!chat || remoteJid === 'status@broadcast') return null
  if (chat.server === 'g.us') {
    const { phone, lid } = personOf([participant, participantAlt])
    return phone || lid ? { from: null, lid, group: chat.user, participant: phone } : null
  }
  // A message to a list of recipients comes from the list, and is answered to its writer.
  const names = chat.server === 'broadcast' ? [participant, participantAlt] : [remoteJid, remoteJidAlt]
  const { phone, lid } = personOf(names)
  return phone || lid ? { from: phone, lid, group: null, participant: null } : null
}

function personOf(names: readonly (string | null | undefined)[]): {
  phone: string | null
  lid: string | null
} {
  const decoded = names.flatMap((name) => jidDecode(name ?? undefined) ?? [])
  const first = (servers: ReadonlySet<string>): string | null =>
    decoded.find(({ user, server }) => servers.has(server) && /^\d+$/.test(user))?.user ?? null
  return { phone: first(phones), lid: first(lids) }
}
