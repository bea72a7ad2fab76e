// A signature holds exactly when it was made with the key over the message: no bit of the three may differ.

import { Curve, proto, WA_CERT_DETAILS } from '@whiskeysockets/baileys'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { installCertificateCheck, verifyXEd25519 } from '../../../../agent/session/baileys/certificate.ts'

const root = Curve.generateKeyPair()
const message = Buffer.from('details of an intermediate certificate')
const signature = Curve.sign(root.private, message)

function flip(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

describe('verifyXEd25519', () => {
  it('takes what the library itself signed, for any key and message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (text) => {
        const { private: secret, public: key } = Curve.generateKeyPair()
        expect(verifyXEd25519(key, text, Curve.sign(secret, text))).toBe(true)
      }),
      { numRuns: 15 },
    )
  })

  it('takes a key with its type byte, and no other byte in that place', () => {
    const typed = (type: number) => Buffer.concat([Buffer.from([type]), root.public])
    expect(verifyXEd25519(typed(5), message, signature)).toBe(true)
    expect(verifyXEd25519(typed(4), message, signature)).toBe(false)
  })

  it('refuses a signature with any one bit changed', () => {
    for (let bit = 0; bit < 512; bit++)
      expect(verifyXEd25519(root.public, message, flip(signature, bit))).toBe(false)
  })

  it('refuses a key with any one bit changed', () => {
    for (let bit = 0; bit < 256; bit++)
      expect(verifyXEd25519(flip(root.public, bit), message, signature)).toBe(false)
  })

  it('refuses a message with any one bit changed', () => {
    for (let bit = 0; bit < message.length * 8; bit++)
      expect(verifyXEd25519(root.public, flip(message, bit), signature)).toBe(false)
  })

  it('refuses malformed input of any length without throwing', () => {
    const any = fc.uint8Array({ maxLength: 80 })
    fc.assert(fc.property(any, any, any, (key, text, sig) => !verifyXEd25519(key, text, sig)))
    for (const length of [0, 31, 33, 34])
      expect(verifyXEd25519(Buffer.alloc(length), message, signature)).toBe(false)
    for (const length of [0, 63, 65])
      expect(verifyXEd25519(root.public, message, Buffer.alloc(length))).toBe(false)
    expect(verifyXEd25519(Buffer.alloc(32, 255), message, Buffer.alloc(64, 255))).toBe(false)
    expect(verifyXEd25519(Buffer.alloc(32), message, Buffer.alloc(64))).toBe(false)
  })
})

describe('installed', () => {
  const originals = { verify: Curve.verify, sharedKey: Curve.sharedKey, key: WA_CERT_DETAILS.PUBLIC_KEY }
  let uninstall = () => {}
  afterEach(() => uninstall())

  let untrusted = 0
  function install(mode: 'warn' | 'strict'): void {
    untrusted = 0
    uninstall = installCertificateCheck({ mode, rootKey: root.public, onUntrusted: () => (untrusted += 1) })
  }

  /** What the library does in a handshake with a server whose chain is this: three calls, in this order. */
  function handshake({
    usedKey,
    certifiedKey,
    signer = root,
  }: {
    usedKey: Uint8Array
    certifiedKey: Uint8Array
    signer?: typeof root
  }): boolean[] {
    const intermediate = Curve.generateKeyPair()
    const encode = (key: Uint8Array) => proto.CertChain.NoiseCertificate.Details.encode({ key }).finish()
    const leaf = encode(certifiedKey)
    const middle = encode(intermediate.public)
    Curve.sharedKey(Curve.generateKeyPair().private, usedKey)
    return [
      Curve.verify(intermediate.public, leaf, Curve.sign(intermediate.private, leaf)),
      Curve.verify(WA_CERT_DETAILS.PUBLIC_KEY, middle, Curve.sign(signer.private, middle)),
    ]
  }
  const server = Curve.generateKeyPair().public
  const other = Curve.generateKeyPair()

  it.each(['warn', 'strict'] as const)('%s: a server that the root certifies is trusted', (mode) => {
    install(mode)
    expect(handshake({ usedKey: server, certifiedKey: server })).toEqual([true, true])
    expect(untrusted).toBe(0)
  })

  it.each([
    ['a chain that another root signed', { usedKey: server, certifiedKey: server, signer: other }],
    ['a recorded chain of the real server', { usedKey: other.public, certifiedKey: server }],
  ])('%s is refused when strict, and reported either way', (_, chain) => {
    install('strict')
    expect(handshake(chain)).toEqual([true, false])
    expect(untrusted).toBe(1)
    uninstall()
    install('warn')
    expect(handshake(chain)).toEqual([true, true])
    expect(untrusted).toBe(1)
  })

  it('one good handshake vouches for no later one', () => {
    install('strict')
    handshake({ usedKey: server, certifiedKey: server })
    expect(handshake({ usedKey: other.public, certifiedKey: server })).toEqual([true, false])
  })

  it('leaves the library as it was when it is taken out', () => {
    install('strict')
    expect(Curve.verify).not.toBe(originals.verify)
    expect(Buffer.from(WA_CERT_DETAILS.PUBLIC_KEY)).toEqual(Buffer.from(root.public))
    uninstall()
    expect(Curve.verify).toBe(originals.verify)
    expect(Curve.sharedKey).toBe(originals.sharedKey)
    expect(WA_CERT_DETAILS.PUBLIC_KEY).toBe(originals.key)
  })

  it("without a root of our own, WhatsApp's stays", () => {
    uninstall = installCertificateCheck({ mode: 'strict', rootKey: null, onUntrusted: () => {} })
    expect(WA_CERT_DETAILS.PUBLIC_KEY).toBe(originals.key)
  })

  it('a library that checks for real by now makes this file superfluous: then this test fails', () => {
    expect(originals.verify(root.public, message, Buffer.alloc(64))).toBe(true)
  })
})
