// The certificate is real: a client that checks it properly, which rc14 does not, is satisfied by our root key and by no other.
import { createRequire } from 'node:module'
import { Curve, proto, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { certificateChain, newServerKeys } from '../wire/certificate.ts'
import { generateKeyPair, sign, verify } from '../wire/curve.ts'
import { stage } from './stage.ts'

type Verify = (key: Buffer, message: Uint8Array, signature: Uint8Array) => boolean
/** An implementation that is not ours: libsignal's, which does answer false. */
const libsignal = createRequire(import.meta.url)('libsignal/src/curve.js') as { verifySignature: Verify }
const independent: Verify = (key, message, signature) =>
  libsignal.verifySignature(Buffer.concat([Buffer.from([5]), key]), message, signature)

const original = { verify: Curve.verify, key: WA_CERT_DETAILS.PUBLIC_KEY }
afterEach(() => {
  Curve.verify = original.verify
  WA_CERT_DETAILS.PUBLIC_KEY = original.key
})

test.each([
  ['native', verify],
  ['libsignal', independent],
])('the chain verifies from the root key to the key of the handshake (%s)', (_name, check) => {
  const keys = newServerKeys()
  const { intermediate, leaf } = proto.CertChain.decode(certificateChain(keys))
  const signed = [intermediate?.details, intermediate?.signature, leaf?.details, leaf?.signature]
  const [details, signature, leafDetails, leafSignature] = signed.map((part) => Buffer.from(part ?? []))
  if (!details || !signature || !leafDetails || !leafSignature) throw new Error('incomplete chain')
  const middle = proto.CertChain.NoiseCertificate.Details.decode(details)
  expect(check(keys.root.public, details, signature)).toBe(true)
  expect(check(Buffer.from(middle.key ?? []), leafDetails, leafSignature)).toBe(true)
  expect(middle.issuerSerial).toBe(WA_CERT_DETAILS.SERIAL)
  const bottom = proto.CertChain.NoiseCertificate.Details.decode(leafDetails)
  expect(Buffer.from(bottom.key ?? [])).toEqual(keys.noise.public)
  expect(check(generateKeyPair().public, details, signature)).toBe(false)
  expect(check(keys.root.public, leafDetails, signature)).toBe(false)
})

test('a strict client logs in with our root key and refuses with another', async () => {
  const { rootKey, account, connect } = await stage()
  const { auth } = await account()
  Curve.verify = (key, message, signature) => verify(Buffer.from(key).subarray(-32), message, signature)
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex')
  const bare = connect(auth)
  await bare.open()
  await bare.end()
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(generateKeyPair().public)
  expect(await connect(auth).closed()).toBe(400)
})

test('a strict client accepts the signatures of a pairing', async () => {
  const { client, unpaired } = await stage()
  Curve.verify = (key, message, signature) => verify(Buffer.from(key).subarray(-32), message, signature)
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from((await client.state()).rootKey, 'hex')
  const { bare } = unpaired()
  expect(await client.scan('971505760056', await bare.qr())).toBe('linked')
  expect(await bare.closed()).toBe(515)
})

test('our signatures satisfy libsignal, and libsignal’s satisfy us; a changed byte satisfies nobody', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(63), (message, at) => {
      const pair = generateKeyPair()
      const bytes = Buffer.concat([Buffer.from([1]), message])
      const signature = sign(pair.private, bytes)
      expect(independent(pair.public, bytes, signature)).toBe(true)
      expect(verify(pair.public, bytes, signature)).toBe(true)
      expect(verify(pair.public, bytes, Curve.sign(pair.private, bytes))).toBe(true)
      signature[at] = (signature[at] as number) ^ 1
      expect(verify(pair.public, bytes, signature)).toBe(false)
    }),
    { numRuns: 20 },
  )
})
