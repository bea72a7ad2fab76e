// The signature is what docs/webhooks.md says, and no part of what is signed can be changed unseen.

import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { signatureOf } from '../../../agent/webhooks/signature.ts'

it('is the HMAC-SHA256 of the seconds, a dot and the body', () => {
  // printf '1795275000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
  expect(signatureOf(['0123456789abcdef'], 1_795_275_000, Buffer.from('{"a":1}'))).toBe(
    `t=1795275000,v1=${createHmac('sha256', '0123456789abcdef').update('1795275000.{"a":1}').digest('hex')}`,
  )
})

it('has one v1 for each secret, in their order', () => {
  const body = Buffer.from('x')
  const both = signatureOf(['first', 'second'], 1, body)
  const [first, second] = ['first', 'second'].map((secret) => signatureOf([secret], 1, body).slice(4))
  expect(both).toBe(`t=1,${first},${second}`)
})

it('changes with the time, the secret and every byte of the body', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(bytes, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (body, seconds, place, flip) => {
      const signed = signatureOf(['secret'], seconds, body)
      const other = Uint8Array.from(body)
      other[place % body.length] = (other[place % body.length] ?? 0) ^ flip
      expect(signatureOf(['secret'], seconds, other)).not.toBe(signed)
      expect(signatureOf(['secreT'], seconds, body)).not.toBe(signed)
      expect(signatureOf(['secret'], seconds + 1, body).split(',')[1]).not.toBe(signed.split(',')[1])
    }),
  )
})
