// Small words for reading and building stanzas, so that protocol code reads like the protocol.
import { type BinaryNode, S_WHATSAPP_NET } from '@whiskeysockets/baileys'

export const server = S_WHATSAPP_NET

export const node = (
  tag: string,
  attrs: Record<string, string | undefined> = {},
  content?: BinaryNode['content'],
): BinaryNode => {
  const present = Object.entries(attrs).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { tag, attrs: Object.fromEntries(present), ...(content === undefined ? {} : { content }) }
}

export const children = (parent: BinaryNode | undefined, tag?: string): BinaryNode[] => {
  const content = Array.isArray(parent?.content) ? parent.content : []
  return tag === undefined ? content : content.filter((child) => child.tag === tag)
}

export const child = (parent: BinaryNode | undefined, tag: string): BinaryNode | undefined =>
  children(parent, tag)[0]

export const bytes = (from: BinaryNode | undefined): Buffer =>
  from?.content instanceof Uint8Array
    ? Buffer.from(from.content)
    : Buffer.from((from?.content as string) ?? '')

export const bigEndian = (value: number, size: number): Buffer => {
  const buffer = Buffer.alloc(size)
  buffer.writeUIntBE(value, 0, size)
  return buffer
}

export const number = (from: BinaryNode | undefined): number => {
  const value = bytes(from)
  return value.length === 0 ? 0 : value.readUIntBE(0, Math.min(6, value.length))
}

export const seconds = (): string => String(Math.floor(Date.now() / 1000))

export type Jid = { user: string; server: string; device: number }

export function parseJid(jid: string | undefined): Jid | undefined {
  const match = /^(\d+)(?:_\d+)?(?::(\d+))?@([a-z.]+)$/.exec(jid ?? '')
  return match
    ? { user: match[1] as string, device: Number(match[2] ?? 0), server: match[3] as string }
    : undefined
}

export const phoneJid = (phone: string, device = 0): string =>
  `${phone}${device === 0 ? '' : `:${device}`}@s.whatsapp.net`

export const lidJid = (lid: string, device = 0): string => `${lid}${device === 0 ? '' : `:${device}`}@lid`
