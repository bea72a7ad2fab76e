// What a message says: the kinds of content that are accepted, each with its own limits; a new kind is a new line here and in the adapter.

import { z } from 'zod'

/** WhatsApp shows no more of a text than this many UTF-16 units. */
export const maxText = 65_536

export const contentSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(maxText) }),
])
export type Content = z.output<typeof contentSchema>

/** What is sealed: nothing of it is in clear in the store. */
export interface Payload {
  /** E.164 with its plus sign. */
  to: string
  content: Content
}

export function encodePayload(payload: Payload): Uint8Array {
  return Buffer.from(JSON.stringify(payload))
}

export function decodePayload(bytes: Uint8Array): Payload {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Payload
}
