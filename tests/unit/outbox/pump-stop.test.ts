// A claim that is under way when an account stops sending: what it takes is waited for and sent, while its session is still there.

import { expect, it } from 'vitest'
import type { Claimed } from '../../../agent/outbox/claim.ts'
import { encodePayload } from '../../../agent/outbox/content.ts'
import { Pump } from '../../../agent/outbox/pump.ts'
import type { MessageRow } from '../../../agent/outbox/row.ts'
import { plainCipher } from '../../../agent/store/cipher.ts'
import { until } from '../../harness/until.ts'

it.each<[string, boolean]>([
  ['something', true],
  ['nothing', false],
])('stopped while it takes %s', async (_, something) => {
  const claim = Promise.withResolvers<Claimed>()
  const sent: string[] = []
  let claims = 0
  const pump = new Pump({
    sender: {
      account: 'a',
      epoch: 1,
      ready: () => true,
      send: async ({ messageId }) => {
        sent.push(messageId)
        return 1
      },
    },
    cipher: plainCipher,
    retry: { baseMs: 1, capMs: 1, maxAttempts: 3 },
    inFlight: 4,
    graceMs: 1_000,
    claim: () => {
      claims += 1
      return claim.promise
    },
    settle: async () => null,
    allow: (count) => ({ count, end: () => {} }),
    fenced: () => {},
    random: () => 0.5,
  })
  pump.wake()
  await until('it asks for work', () => claims === 1)
  pump.stop()
  expect(pump.busy).toBe(true)
  const payload = encodePayload({ to: '+447946000001', content: { type: 'text', text: 'hello' } })
  const row = { id: 'm', wa_id: 'W', pool: 'sales', account: 'a', epoch: 1, attempts: 1, errors: 0, payload }
  claim.resolve(something ? [row as unknown as MessageRow] : [])
  await until('it is done', () => !pump.busy)
  expect(sent).toEqual(something ? ['W'] : [])
  expect(claims).toBe(1)
})
