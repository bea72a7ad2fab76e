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
  'key-used-up', // a message came again, and neither its key nor its plaintext is there any longer
  'unreadable-kept', // what an earlier run had decrypted is no message
] as const
export type Trap = (typeof traps)[number]

/** What somebody sent. */
export const inboundKinds = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contact',
  'reaction',
  'reply', // a button or an entry of a list
  'poll',
  'vote',
  'edit',
  'deletion',
  'other',
] as const
export type InboundKind = (typeof inboundKinds)[number]

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

/** How a test message between two accounts ended; the outcomes of whatsapp_canary_probes_total. */
export const canaryOutcomes = [
  'received', // it arrived in time
  'not-received', // the server acknowledged it and it did not arrive in time
  'not-acked', // it was written and the acknowledgement never came
  'failed', // it was certainly not accepted
] as const
export type CanaryOutcome = (typeof canaryOutcomes)[number]

export const pairingMethods = ['qr', 'code'] as const
export type PairingMethod = (typeof pairingMethods)[number]

export const pairingOutcomes = ['linked', 'expired', 'refused', 'passkey', 'aborted'] as const
export type PairingOutcome = (typeof pairingOutcomes)[number]

/** What a message of the outbox can be. */
export const messageStates = [
  'scheduled', // its time has not come
  'queued', // it waits for its turn
  'claimed', // its account is about to write it
  'sent', // written, and not acknowledged yet
  'unknown', // written perhaps, and nobody has said so
  'parked', // no account of its pool may take it
  'acked', // WhatsApp has it
  'delivered',
  'read',
  'failed', // WhatsApp certainly does not have it, and will not
  'expired', // its time is over, and WhatsApp certainly does not have it
] as const
export type MessageState = (typeof messageStates)[number]

/** What a person or a failover decided about an account. */
export const accountModes = [
  'up',
  'draining', // conversations that it has go on, no new ones
  'maintenance', // a person took it out
  'out', // a failover took it out
] as const
export type AccountMode = (typeof accountModes)[number]

/** How a pool gives out new conversations. */
export const strategyNames = ['least-loaded', 'round-robin', 'priority', 'geo'] as const
export type StrategyName = (typeof strategyNames)[number]

/** Why a message goes to the account it goes to; the last three park it. */
export const routeReasons = [
  'bound', // the caller named the account
  'pinned', // the conversation has one
  'repinned', // it had one that takes nothing any more
  'only', // nobody else may
  'strategy',
  'spill-over', // too few are left of a better level
  'nobody', // there are accounts and none of them may
  'bound-away', // the named account takes no new conversation, or nothing
  'empty', // the pool has no account
] as const
export type RouteReason = (typeof routeReasons)[number]

/** What a webhook's delivery can be. */
export const deliveryStates = ['queued', 'claimed', 'delivered', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** Why a delivery is dead. */
export const deathReasons = [
  'gone', // the receiver answered 410
  'gave-up', // too many attempts, or too late for another
  'overflow', // more waited than the webhook's limit
  'removed', // the webhook is no longer configured
] as const
export type DeathReason = (typeof deathReasons)[number]

/** What makes an account unfit to go on, or who asked; the triggers of whatsapp_failovers_total. */
export const failoverCauses = [
  'logged-out', // 401
  'banned', // 403
  'restricted', // 463
  'replaced', // somebody else took the session
  'zombie', // open, and no signs of life
  'reconnects-exhausted',
  'asked', // a person
] as const
export type FailoverCause = (typeof failoverCauses)[number]

export const failoverKinds = [
  'automatic',
  'planned', // what is on its way is waited for first
  'forced', // a person does not wait
] as const
export type FailoverKind = (typeof failoverKinds)[number]

/** The steps of a failover, in their order; the last three are ends. */
export const failoverStates = [
  'detected',
  'fenced', // the account sends nothing more
  'chosen', // another one has shown a sign of life
  'transferred', // it has the messages and conversations
  'activating',
  'active',
  'rolled-back', // the account has back what is left
  'parked', // nobody may take over: everything waits
] as const
export type FailoverState = (typeof failoverStates)[number]

/** Reports by the time that they cover: a day, seven days, thirty days. */
export const reportTypes = ['daily', 'weekly', 'monthly'] as const
export type ReportType = (typeof reportTypes)[number]

/** The forms in which a report can be had. */
export const reportFormats = ['json', 'html', 'pdf', 'csv'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** What looks like an attack on the admin API, or like the traces of one. */
export type SecurityKind =
  | 'locked-out'
  | 'new-address'
  | 'expired-token'
  | 'role-refused'
  | 'scope-refused'
  | 'jwt-refused'
  | 'identity-refused'
  | 'rate-limited'

/** The code of a message that a person took back: it ended unsent, or in doubt, and is nobody's failure. */
export const takenBack = 'cancelled'
