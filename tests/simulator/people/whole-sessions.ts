// A real phone tries a message on a copy of each session; libsignal 6.0.0 tries it on the session and stores what that did to those that did not fit.
import { createRequire } from 'node:module'

type Session = { serialize(): unknown; constructor: unknown }
type Cipher = { doDecryptWhisperMessage(message: Uint8Array, session?: Session): Promise<Uint8Array> }

const installed = Symbol.for('linda.simulator.whole-sessions')

/** For this process, once: people written to by two sides at once would otherwise lose sessions in a way that no phone does. */
export function keepSessionsWhole(): void {
  const baileys = createRequire(import.meta.url).resolve('@whiskeysockets/baileys')
  const { SessionCipher } = createRequire(baileys)('libsignal') as { SessionCipher: { prototype: Cipher } }
  const cipher = SessionCipher.prototype as Cipher & Record<symbol, boolean>
  if (cipher[installed]) return
  cipher[installed] = true
  const onTheSession = cipher.doDecryptWhisperMessage
  cipher.doDecryptWhisperMessage = async function (message, session) {
    const copy = session && copyOf(session)
    const plaintext = await onTheSession.call(this, message, copy)
    if (!session || !copy) return plaintext
    for (const name of Object.keys(session)) Reflect.deleteProperty(session, name)
    Object.assign(session, copy)
    return plaintext
  }
}

function copyOf(session: Session): Session {
  const kind = session.constructor as { deserialize(data: unknown): Session }
  return kind.deserialize(session.serialize())
}
