// Message ids have the form that WhatsApp's own client uses, fit the API's own rule, and do not repeat.

import { expect, it } from 'vitest'
import { mintMessageId } from '../../../agent/session/message-id.ts'

it('has the prefix, 40 upper-case hexadecimal characters and no twin', () => {
  const ids = Array.from({ length: 2_000 }, mintMessageId)
  for (const id of ids) expect(id).toMatch(/^3EB0[0-9A-F]{36}$/)
  expect(new Set(ids).size).toBe(ids.length)
})
