// WhatsApp message ids are minted by us, when a message is accepted, in the form that the official web client uses.

import { randomBytes } from 'node:crypto'

/** `3EB0` and 18 random bytes as upper-case hexadecimal characters. */
export function mintMessageId(): string {
  return `3EB0${randomBytes(18).toString('hex').toUpperCase()}`
}
