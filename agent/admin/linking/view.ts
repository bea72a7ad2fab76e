// What somebody who links a phone needs to see: one state out of eight, a sentence, and the code while it may be used.

import type { Code } from '../../pairing/attempt.ts'
import type { SessionSnapshot } from '../../session/snapshot.ts'
import type { PairingOutcome } from '../../words.ts'

export const linkingStates = [
  'waiting', // for a code of WhatsApp's
  'code', // a QR code is shown
  'pairing-code', // a code to be typed is shown
  'scanned', // the phone has accepted; the session is being opened
  'linked',
  'expired', // everything that is allowed was shown in vain
  'passkey',
  'unavailable', // banned, stopped, taken by another process, ...
] as const
export type LinkingState = (typeof linkingStates)[number]

export interface Linking {
  state: LinkingState
  /** A sentence for whoever holds the phone. */
  words: string
  code: Code | null
}

/** What is looked at; all of it as of one moment. */
export interface LinkingFacts {
  snapshot: Pick<SessionSnapshot, 'state' | 'lastDisconnect' | 'askable'>
  code: Code | null
  lastOutcome: PairingOutcome | null
}

const words: Record<LinkingState, string> = {
  waiting: 'A code is on its way.',
  code: 'On the phone: WhatsApp, Settings or the menu, Linked devices, Link a device. Then point the camera here.',
  'pairing-code':
    'On the phone: WhatsApp, Settings or the menu, Linked devices, Link a device, Link with phone number instead. Then type this code.',
  scanned: 'The phone has accepted. The connection is being made.',
  linked: 'The phone is linked. You can close this page.',
  expired: 'Every code that is allowed was shown and none was used. An operator must reset the QR.',
  passkey:
    'WhatsApp asks for a passkey, which only the phone itself can give. This account cannot be linked here now.',
  unavailable:
    'This account cannot be linked now; when the cause is mended, an operator begins again with a reset.',
}

export function linkingOf(facts: LinkingFacts): Linking {
  const state = stateOf(facts)
  const code = state === 'code' || state === 'pairing-code' ? facts.code : null
  const { state: session, lastDisconnect } = facts.snapshot
  const because = state === 'unavailable' ? ` The session is ${session}${whyOf(lastDisconnect)}.` : ''
  return { state, words: words[state] + because, code }
}

function stateOf({
  snapshot: { state, lastDisconnect, askable },
  code,
  lastOutcome,
}: LinkingFacts): LinkingState {
  switch (state) {
    case 'open':
    case 'restricted':
      return 'linked'
    case 'connecting':
    case 'pairing':
      if (code) return code.method === 'qr' ? 'code' : 'pairing-code'
      return lastOutcome === 'linked' ? 'scanned' : 'waiting'
    case 'waiting':
      if (askable) return 'waiting'
      return lastDisconnect?.reason === 'passkey-required' ? 'passkey' : 'expired'
    default:
      return 'unavailable'
  }
}

function whyOf(last: SessionSnapshot['lastDisconnect']): string {
  return last ? ` (${last.reason})` : ''
}
