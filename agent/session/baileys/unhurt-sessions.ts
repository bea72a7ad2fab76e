// A session that a message does not fit stays as it was: libsignal steps its ratchet before it looks whether it fits.

import { createRequire } from 'node:module'

interface Session {
  constructor: { deserialize(data: unknown): Session }
  serialize(): unknown
  indexInfo: { used: number }
}

interface Cipher {
  doDecryptWhisperMessage(data: Uint8Array, session: Session): Promise<Uint8Array>
  decryptWithSessions(
    data: Uint8Array,
    sessions: readonly Session[],
  ): Promise<{ session: Session; plaintext: Uint8Array }>
}

/**
 * Two who write to each other for the first time at once have two sessions. A message is tried on each of them, and each try that fails
 * leaves a stepped ratchet behind, which is stored with the one that fits: later messages of both cannot be read. Here each is tried
 * as a copy. For the whole process; answers the function that takes it out again.
 */
export function keepSessionsUnhurt(): () => void {
  // The copy that the library itself uses, which is no dependency of ours.
  const library = createRequire(createRequire(import.meta.url).resolve('@whiskeysockets/baileys'))
  const { SessionCipher } = library('libsignal') as { SessionCipher: { prototype: Cipher } }
  const { prototype } = SessionCipher
  const original = prototype.decryptWithSessions
  prototype.decryptWithSessions = async function (data, sessions) {
    // One alone is not stored when it does not fit.
    if (sessions.length < 2) return original.call(this, data, sessions)
    let usedUp: unknown
    for (const session of sessions) {
      const before = session.serialize()
      try {
        const plaintext = await this.doDecryptWhisperMessage(data, session)
        session.indexInfo.used = Date.now()
        return { session, plaintext }
      } catch (error) {
        Object.assign(session, session.constructor.deserialize(before))
        // This one fits, and has read the message already: that is what there is to say.
        if ((error as Error).name === 'MessageCounterError') usedUp ??= error
      }
    }
    throw usedUp ?? new Error('No matching sessions found for message')
  }
  return () => {
    prototype.decryptWithSessions = original
  }
}
