// The vocabulary that events, metrics, the API and the logs share: one list per kind of word, no synonyms.

/** What a session can be. The position in this list is the state's number in whatsapp_session_state_code. */
export const sessionStates = [
  'stopped',
  'connecting',
  'pairing',
  'open',
  'waiting',
  'logged-out',
  'restricted',
  'replaced',
  'failed',
] as const
export type SessionState = (typeof sessionStates)[number]

/** Why a connection ended or a session changed its state. */
export const reasons = [
  'asked', // a person or the fleet asked for it
  'started', // the agent started
  'dialled', // a socket is being opened
  'code-issued', // WhatsApp handed out QR codes
  'opened', // the server accepted the login
  'connection-closed', // 428: stream end, WebSocket close, FIN, RST
  'connection-lost', // 408: the library's keep-alive gave up
  'refused', // 408: nobody answers at the address
  'connect-timeout', // our watchdog: neither open nor a code in time
  'http-error', // the upgrade was answered with an HTTP status
  'not-whatsapp', // the peer speaks something else
  'bad-frame', // a frame that cannot be decrypted or decoded
  'stalled', // our watchdog: evidence stopped while the socket said open
  'acks-withheld', // our watchdog: pongs arrive, acknowledgements do not
  'server-error', // 500, 501 and other 5xx
  'unavailable', // 503
  'restart-required', // 515
  'logged-out', // 401
  'temporarily-banned', // 402
  'banned', // 403
  'client-outdated', // 405
  'multidevice-mismatch', // 411
  'replaced', // 440
  'wrong-phone', // the credentials belong to another number than the configured one
  'fenced', // another process has taken the account
  'reachout-timelock', // 463
  'restriction-lifted',
  'codes-ended', // the six codes of an attempt ran out
  'window-expired', // nobody scanned in the time that an attempt may take
  'passkey-required',
  'untrusted-certificate', // whatsapp.certificate: strict
  'internal-error', // our own or the library's fault while opening a socket
  'unknown',
] as const
export type Reason = (typeof reasons)[number]

/** What made the agent look twice at a session. */
export const suspicions = ['idle', 'ack-overdue', 'manual'] as const
export type Suspicion = (typeof suspicions)[number]

/** Things the WhatsApp library does that its adapter contains; each is counted. */
export const traps = [
  'frame-rejected',
  'unhandled-rejection',
  'duplicate-inbound',
  'credentials-discarded',
  'events-buffered',
] as const
export type Trap = (typeof traps)[number]

/** How a message that was not acknowledged ended; the codes of whatsapp_messages_failed_total. */
export type SendFailure =
  | 'not-open'
  | 'id-taken'
  | 'not-on-whatsapp'
  | 'query-unanswered'
  | 'encryption-failed'
  | 'connection-closed'
  | 'ack-timeout'
  | `nack-${number}`

/** `failed`: it was certainly not accepted. `unknown`: it was written and the answer never came. */
export type SendOutcome = 'failed' | 'unknown'

export const pairingMethods = ['qr', 'code'] as const
export type PairingMethod = (typeof pairingMethods)[number]

export const pairingOutcomes = ['linked', 'expired', 'refused', 'passkey', 'aborted'] as const
export type PairingOutcome = (typeof pairingOutcomes)[number]
