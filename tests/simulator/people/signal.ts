// A person's end of the encryption: text in, ciphertext out and back, with Baileys' own Signal code under it.
import {
  type AuthenticationCreds,
  DEFAULT_CONNECTION_CONFIG,
  encodeWAMessage,
  generateSignalPubKey,
  proto,
  type SignalRepositoryWithLIDStore,
  unpadRandomMax16,
} from '@whiskeysockets/baileys'
import type { Database } from '../state/database.ts'
import type { People, Person } from '../state/people.ts'
import { signalKeys } from '../state/signal-keys.ts'
import { generateKeyPair } from '../wire/curve.ts'
import { silenceSignal } from './console.ts'
import { keepSessionsWhole } from './whole-sessions.ts'

export type Bundle = {
  registrationId: number
  identity: Buffer
  signedPreKey: { id: number; public: Buffer; signature: Buffer }
  preKey: { id: number; public: Buffer } | undefined
}
export type Sealed = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }

const silent = (): typeof DEFAULT_CONNECTION_CONFIG.logger => {
  const nothing = () => undefined
  const logger = {
    level: 'silent',
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
  }
  return Object.assign(logger, { child: () => logger }) as unknown as typeof DEFAULT_CONNECTION_CONFIG.logger
}

export class Signal {
  readonly #db: Database
  readonly #people: People
  readonly #repositories = new Map<string, SignalRepositoryWithLIDStore>()
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(db: Database, people: People) {
    silenceSignal()
    keepSessionsWhole()
    this.#db = db
    this.#people = people
  }

  async encrypt(from: string, toDevice: string, message: proto.IMessage): Promise<Sealed> {
    return this.#inTurn(from, (repository) =>
      repository.encryptMessage({ jid: toDevice, data: encodeWAMessage(message) }),
    )
  }

  async decrypt(
    owner: string,
    fromDevice: string,
    type: 'pkmsg' | 'msg',
    bytes: Uint8Array,
  ): Promise<proto.Message> {
    const ciphertext = Buffer.from(bytes)
    const padded = await this.#inTurn(owner, (repository) =>
      repository.decryptMessage({ jid: fromDevice, type, ciphertext }),
    )
    return proto.Message.decode(unpadRandomMax16(padded))
  }

  async hasSession(owner: string, device: string): Promise<boolean> {
    return (await this.#repository(owner).validateSession(device)).exists
  }

  async startSession(owner: string, device: string, bundle: Bundle): Promise<void> {
    const { signedPreKey, preKey } = bundle
    await this.#inTurn(owner, (repository) =>
      repository.injectE2ESession({
        jid: device,
        session: {
          registrationId: bundle.registrationId,
          identityKey: generateSignalPubKey(bundle.identity),
          signedPreKey: {
            keyId: signedPreKey.id,
            publicKey: generateSignalPubKey(signedPreKey.public),
            signature: signedPreKey.signature,
          },
          ...(preKey ? { preKey: { keyId: preKey.id, publicKey: generateSignalPubKey(preKey.public) } } : {}),
        } as Parameters<SignalRepositoryWithLIDStore['injectE2ESession']>[0]['session'],
      }),
    )
  }

  /** What the person's phone has uploaded, with a fresh one-time pre-key. */
  bundle(phone: string): Bundle {
    const { keys } = this.#people.get(phone)
    const id = this.#people.nextPreKeyId(phone)
    const pair = generateKeyPair()
    signalKeys(this.#db, phone).set({ 'pre-key': { [id]: pair } })
    return {
      registrationId: keys.registrationId,
      identity: keys.identity.public,
      signedPreKey: {
        id: keys.signedPreKey.id,
        public: keys.signedPreKey.pair.public,
        signature: keys.signedPreKey.signature,
      },
      preKey: { id, public: pair.public },
    }
  }

  /** Looks right and is made of keys that nobody has the other half of. */
  corruptBundle(phone: string): Bundle {
    const bundle = this.bundle(phone)
    return {
      ...bundle,
      signedPreKey: { ...bundle.signedPreKey, public: generateKeyPair().public },
      preKey: bundle.preKey && { ...bundle.preKey, public: generateKeyPair().public },
    }
  }

  /** A phone does one thing at a time: two that read the same session would each undo what the other wrote. */
  #inTurn<T>(phone: string, work: (repository: SignalRepositoryWithLIDStore) => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(phone) ?? Promise.resolve()).then(() => work(this.#repository(phone)))
    this.#turns.set(
      phone,
      turn.catch(() => {}),
    )
    return turn
  }

  #repository(phone: string): SignalRepositoryWithLIDStore {
    let repository = this.#repositories.get(phone)
    if (!repository) {
      const creds = signalCreds(this.#people.get(phone))
      const keys = signalKeys(this.#db, phone)
      repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, silent())
      this.#repositories.set(phone, repository)
    }
    return repository
  }
}

/** The part of the credentials that the Signal code reads. */
function signalCreds({ keys }: Person): AuthenticationCreds {
  const { id, pair, signature } = keys.signedPreKey
  return {
    signedIdentityKey: keys.identity,
    signedPreKey: { keyId: id, keyPair: pair, signature },
    registrationId: keys.registrationId,
  } as unknown as AuthenticationCreds
}
