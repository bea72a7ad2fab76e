// Signal sessions as they really are: a friend who writes to the account, and what of theirs the account gets to see.

import {
  type AuthenticationCreds,
  addTransactionCapability,
  type BinaryNode,
  DEFAULT_CONNECTION_CONFIG,
  generateSignalPubKey,
  initAuthCreds,
  proto,
  type SignalDataSet,
  type SignalKeyStore,
} from '@whiskeysockets/baileys'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import { AuthStage } from '../auth-stage.ts'

export const me = '971500000001@s.whatsapp.net'
export const friend = '447946000001@s.whatsapp.net'
export const group = '120363000000000001@g.us'
export const patience = { maxCommitRetries: 1, delayBetweenTriesMs: 1 }

/** Keys of somebody who writes, in memory. */
export function memory(): SignalKeyStore {
  const rows = new Map<string, unknown>()
  return {
    get: async (type, ids) =>
      Object.fromEntries(
        ids.flatMap((id) => (rows.has(`${type}/${id}`) ? [[id, rows.get(`${type}/${id}`)]] : [])),
      ) as never,
    set: async (data: SignalDataSet) => {
      for (const [type, byId] of Object.entries(data))
        for (const [id, value] of Object.entries(byId ?? {})) rows.set(`${type}/${id}`, value)
    },
  }
}

export type Repository = ReturnType<typeof DEFAULT_CONNECTION_CONFIG.makeSignalRepository>

/** What the server hands out of somebody, for a session with them. */
export const bundle = ({ registrationId, signedIdentityKey, signedPreKey }: AuthenticationCreds) =>
  ({
    registrationId,
    identityKey: generateSignalPubKey(signedIdentityKey.public),
    signedPreKey: {
      keyId: signedPreKey.keyId,
      publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
      signature: signedPreKey.signature,
    },
  }) as never

/** Somebody who has begun a session with the account of these credentials. */
export async function friendOf(creds: AuthenticationCreds): Promise<Repository> {
  const theirs = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(
    { creds: initAuthCreds(), keys: addTransactionCapability(memory(), silentLogger, patience) },
    silentLogger,
  )
  await theirs.injectE2ESession({ jid: me, session: bundle(creds) })
  return theirs
}

/** An account that is linked, and its credentials in the store. */
export async function linked(): Promise<AuthStage> {
  const at = new AuthStage()
  await at.open()
  at.pair()
  at.auth.saveCreds()
  await at.auth.flush()
  return at
}

export const padded = (message: proto.IMessage): Uint8Array =>
  Buffer.concat([proto.Message.encode(message).finish(), Buffer.alloc(5, 5)])

export const unpadded = (plain: Uint8Array): proto.Message => proto.Message.decode(plain.subarray(0, -5))

/** The same each time, but never the same bytes in memory, as a server repeats it. */
export const stanza = (
  attrs: Record<string, string>,
  ...parts: { type: string; ciphertext: Uint8Array }[]
): BinaryNode => ({
  tag: 'message',
  attrs: { t: '1700000000', type: 'text', ...attrs },
  content: parts.map(({ type, ciphertext }) => ({
    tag: 'enc',
    attrs: { v: '2', type },
    content: Buffer.from(ciphertext),
  })),
})

/** Decrypts one part of what the friend wrote, as the library does. */
export function decryptPart(
  repository: Repository,
  { content }: BinaryNode,
  { at = 0, jid = friend } = {},
): Promise<Uint8Array> {
  const part = (content as BinaryNode[])[at]
  const bytes = part?.content as Uint8Array
  const type = part?.attrs.type as 'pkmsg' | 'msg' | 'skmsg'
  return type === 'skmsg'
    ? repository.decryptGroupMessage({ group, authorJid: friend, msg: bytes })
    : repository.decryptMessage({ jid, type, ciphertext: bytes })
}
