// Makes an account that is already linked: credentials as Baileys would hold them after pairing, and the server's half of them.
import { randomBytes, randomInt } from 'node:crypto'
import type { AuthenticationCreds } from '@whiskeysockets/baileys'
import { signedIdentity } from '../protocol/pairing.ts'
import { toJson } from '../state/json.ts'
import type { NewAccount } from '../types.ts'
import { generateKeyPair, sign } from '../wire/curve.ts'
import { lidJid, phoneJid } from '../wire/nodes.ts'
import type { World } from '../world.ts'

/** Enough that a login uploads none (6) and that a test has some to use up, few enough to make 200 accounts at once. */
const preKeyCount = 30

export function createLinked(world: World, phone: string): NewAccount {
  const { lid } = world.people.get(phone)
  const device = world.accounts.nextDevice(phone)
  const identity = generateKeyPair()
  const signed = generateKeyPair()
  const signature = sign(identity.private, Buffer.concat([Buffer.from([5]), signed.public]))
  const registrationId = randomInt(1, 16380)
  const noise = generateKeyPair()
  const preKeys = Array.from({ length: preKeyCount }, (_, index) => ({
    id: index + 1,
    pair: generateKeyPair(),
  }))
  const registration = {
    identity: identity.public,
    registrationId,
    signedPreKey: { id: 1, public: signed.public, signature },
  }
  world.db.transaction(() => {
    world.accounts.link(phone, noise.public, registration, true)
    world.accounts.upload(
      phone,
      preKeys.map(({ id, pair }) => ({ id, public: pair.public })),
      undefined,
    )
  })
  world.ledger.add({ kind: 'linked', account: phone, conn: null, method: 'created' })
  const account = signedIdentity(world, phone, device, identity.public)
  const accountKey = Buffer.from(account.accountSignatureKey as Uint8Array)
  const vouched = [Buffer.from([6, 1]), account.details as Uint8Array, identity.public, accountKey]
  const creds: AuthenticationCreds = {
    noiseKey: noise,
    pairingEphemeralKeyPair: generateKeyPair(),
    signedIdentityKey: identity,
    signedPreKey: { keyPair: signed, signature, keyId: 1 },
    registrationId,
    advSecretKey: randomBytes(32).toString('base64'),
    processedHistoryMessages: [],
    nextPreKeyId: preKeyCount + 1,
    firstUnuploadedPreKeyId: preKeyCount + 1,
    // Above 0: the history has been seen, so the first login does not wait 20 s for it.
    accountSyncCounter: 1,
    accountSettings: { unarchiveChats: false },
    registered: false,
    pairingCode: undefined,
    lastPropHash: undefined,
    routingInfo: undefined,
    additionalData: undefined,
    me: { id: phoneJid(phone, device), lid: lidJid(lid, device), name: `Account ${phone.slice(-4)}` },
    account: { ...account, deviceSignature: sign(identity.private, Buffer.concat(vouched)) },
    signalIdentities: [
      {
        identifier: { name: lidJid(lid, device), deviceId: 0 },
        identifierKey: Buffer.concat([Buffer.from([5]), accountKey]),
      },
    ],
    platform: 'android',
  }
  const keys = { 'pre-key': Object.fromEntries(preKeys.map(({ id, pair }) => [String(id), pair])) }
  return {
    phone,
    jid: phoneJid(phone, device),
    lid: lidJid(lid, device),
    creds: JSON.parse(toJson(creds)),
    keys: JSON.parse(toJson(keys)),
  }
}

/** Numbers nobody has taken, always the same ones in the same order. */
export function freePhones(world: World, count: number): string[] {
  const phones: string[] = []
  for (let n = 1_000_000; phones.length < count; n++) {
    const phone = `97150${n}`
    if (!world.accounts.get(phone)) phones.push(phone)
  }
  return phones
}
