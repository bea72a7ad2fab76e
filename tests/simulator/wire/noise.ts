// The responder's side of Noise XX as WhatsApp speaks it; after finish() it is the cipher of both directions.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { NOISE_MODE, NOISE_WA_HEADER, proto } from '@whiskeysockets/baileys'
import { agree, generateKeyPair, type KeyPair, privateKey } from './curve.ts'

const empty = Buffer.alloc(0)

const nonce = (counter: number): Buffer => {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(counter, 8)
  return bytes
}

function seal(key: KeyObject, counter: number, plain: Uint8Array, aad: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce(counter)).setAAD(aad)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function open(key: KeyObject, counter: number, sealed: Uint8Array, aad: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(counter)).setAAD(aad)
  decipher.setAuthTag(sealed.subarray(sealed.length - 16))
  return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - 16)), decipher.final()])
}

/** What is the same for every connection: made once, because parsing a key costs more than using it. */
export type ServerIdentity = { pair: KeyPair; secret: KeyObject; certificate: Uint8Array }

export class NoiseResponder {
  readonly #identity: ServerIdentity
  readonly #ephemeral = generateKeyPair()
  #hash = Buffer.from(NOISE_MODE)
  #salt: Uint8Array = this.#hash
  #key = createSecretKey(this.#hash)
  #counter = 0
  #sending: { key: KeyObject; counter: number } | undefined
  #receiving: { key: KeyObject; counter: number } | undefined

  constructor(identity: ServerIdentity) {
    this.#identity = identity
    this.#mixHash(NOISE_WA_HEADER)
  }

  get established(): boolean {
    return this.#sending !== undefined
  }

  hello(frame: Uint8Array): Uint8Array {
    const theirs = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral
    if (theirs?.length !== 32) throw new Error('the first frame is not a ClientHello')
    this.#mixHash(theirs)
    this.#mixHash(this.#ephemeral.public)
    this.#mixKey(agree(privateKey(this.#ephemeral.private), theirs))
    const sealedStatic = this.#sealHandshake(this.#identity.pair.public)
    this.#mixKey(agree(this.#identity.secret, theirs))
    const payload = this.#sealHandshake(this.#identity.certificate)
    return proto.HandshakeMessage.encode({
      serverHello: { ephemeral: this.#ephemeral.public, static: sealedStatic, payload },
    }).finish()
  }

  finish(frame: Uint8Array): { noiseKey: Buffer; payload: proto.ClientPayload } {
    const finish = proto.HandshakeMessage.decode(frame).clientFinish
    if (!finish?.static || !finish.payload) throw new Error('the second frame is not a ClientFinish')
    const noiseKey = this.#openHandshake(finish.static)
    this.#mixKey(agree(privateKey(this.#ephemeral.private), noiseKey))
    const payload = proto.ClientPayload.decode(this.#openHandshake(finish.payload))
    const [receiving, sending] = this.#derive(empty)
    this.#receiving = { key: createSecretKey(receiving), counter: 0 }
    this.#sending = { key: createSecretKey(sending), counter: 0 }
    return { noiseKey, payload }
  }

  encrypt(plain: Uint8Array): Buffer {
    if (!this.#sending) throw new Error('the handshake is not finished')
    return seal(this.#sending.key, this.#sending.counter++, plain, empty)
  }

  decrypt(sealed: Uint8Array): Buffer {
    if (!this.#receiving) throw new Error('the handshake is not finished')
    return open(this.#receiving.key, this.#receiving.counter++, sealed, empty)
  }

  #mixHash(data: Uint8Array): void {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest()
  }

  #derive(secret: Uint8Array): [Buffer, Buffer] {
    const bytes = Buffer.from(hkdfSync('sha256', secret, this.#salt, '', 64))
    return [bytes.subarray(0, 32), bytes.subarray(32)]
  }

  #mixKey(secret: Uint8Array): void {
    const [salt, key] = this.#derive(secret)
    this.#salt = salt
    this.#key = createSecretKey(key)
    this.#counter = 0
  }

  #sealHandshake(plain: Uint8Array): Buffer {
    const sealed = seal(this.#key, this.#counter++, plain, this.#hash)
    this.#mixHash(sealed)
    return sealed
  }

  #openHandshake(sealed: Uint8Array): Buffer {
    const plain = open(this.#key, this.#counter++, sealed, this.#hash)
    this.#mixHash(sealed)
    return plain
  }
}
