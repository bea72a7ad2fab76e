// The Socket port: what a session needs from a WhatsApp connection, and nothing of the library that provides it.

import type { InboundKind, SendFailure, SendOutcome, Trap } from '../words.ts'
import type { Close } from './reasons.ts'

/** A restriction that WhatsApp puts on an account whose socket stays open. */
export interface Restriction {
  kind: string
  untilMs: number | null
}

/** Who wrote a message, in digits: WhatsApp does not always tell the phone, but the phone or the LID. */
export interface Writer {
  /** The phone that an answer goes to; null where it was written in a group, or where only the LID is known. */
  from: string | null
  /** The LID of who wrote it; null where it is not told. */
  lid: string | null
  /** Id of the group that it was written in; null outside of groups. */
  group: string | null
  /** In a group, the phone of who wrote it; null where only the LID is known, and outside of groups. */
  participant: string | null
}

/** A message from somebody, decrypted. Text never leaves the process except to whoever asked for it. */
export interface Inbound extends Writer {
  messageId: string
  /** Words, a caption, an answer or an emoji; null where there are none. */
  text: string | null
  kind: InboundKind
  /** Id of the message that it edits, deletes, reacts to or votes on. */
  refersTo: string | null
  atMs: number
  /** It waited on the server while the account was away. */
  offline: boolean
}

/** What whoever hands a message on wants to know of it. */
export interface Handing {
  /** It is in the store, or nobody's to keep: it need not be handed on again. */
  kept(isNew: boolean): void
  /** An earlier run may have handed it on already: a repeat is no news. */
  again: boolean
}

/** A text to somebody. The id is minted by the caller, so that a resend is recognisable. */
export interface Outgoing {
  messageId: string
  /** WhatsApp address, for example 971501234567@s.whatsapp.net */
  to: string
  text: string
  /** How long it had waited for its turn, in milliseconds; absent where it did not. */
  waitedMs?: number
}

/** What a connection reports. `close` comes exactly once and nothing but `received` and `trap` comes after it. */
export interface SocketListener {
  /** Any frame from the server: the evidence that all else rests on. */
  frame(): void
  code(code: string, lifeMs: number): void
  /** The phone scanned or typed; the server will ask for a new connection. */
  paired(): void
  open(): void
  close(close: Close): void
  restriction(restriction: Restriction | null): void
  /** Also of messages that were decrypted before the end and are found afterwards. */
  received(message: Inbound, handing?: Handing): void
  undecryptable(messageId: string): void
  /** The server's answer to a message; a number is its refusal. */
  ack(messageId: string, refusal: number | null): void
  receipt(messageId: string, kind: 'delivered' | 'read'): void
  trap(trap: Trap, detail: string): void
}

export interface Socket {
  /** Asks the server for a sign of life. Rejects when none comes within the deadline (ms) or nothing can be written. */
  ping(deadlineMs: number): Promise<void>
  /** Writes a message; resolves when it is written. The acknowledgement comes to the listener. Rejects with SendError. */
  send(message: Outgoing): Promise<void>
  /** Asks for an eight-character code for the phone (digits only). */
  pairingCode(phone: string): Promise<string>
  /** Asks whether the account is restricted; the answer comes to the listener. */
  checkRestriction(): Promise<void>
  /** Ends the connection at once, whatever the peer does. The listener hears `close` with these words. Idempotent. */
  close(close: Close): void
}

export interface SocketOptions {
  url: string
  /** Milliseconds to wait for the WebSocket and for the handshake, each. */
  connectTimeoutMs: number
  /** Milliseconds until an unanswered query is given up. */
  queryTimeoutMs: number
  /** Milliseconds that each QR code is shown; undefined for WhatsApp's own rhythm (60 s, then 20 s each). */
  codeLifeMs?: number | undefined
  auth: AuthState
  /** The text that was sent under an id, for a recipient who could not decrypt it; undefined when it is no longer known. */
  textOf(messageId: string): string | undefined | Promise<string | undefined>
}

/** Credentials and keys of one account; the adapter knows their form, the session only hands them on. */
export interface AuthState {
  /** Linked to a phone; without it a connection starts a pairing attempt. */
  readonly paired: boolean
  /** Digits of the phone that it is linked to, country code first; null when it is not paired. */
  readonly phone: string | null
  /** Rejects when another process has taken the account: whoever lost it must not log in with its credentials. */
  proveOwned(): Promise<void>
  /** Throws away the credentials of an abandoned pairing; answers whether there were any. Never touches paired ones. */
  discardHalfMade(): Promise<boolean>
  /** Throws away everything, so that the account can be paired afresh. */
  reset(): Promise<void>
  /** Resolves when every write so far is durable. */
  flush(): Promise<void>
  /** The same, once the connections that had it are closed; bounded. What they go on to do with the keys is refused afterwards. */
  end(): Promise<void>
}

export type OpenSocket = (options: SocketOptions, listener: SocketListener) => Socket

/** A message was not acknowledged. `failed` is certain; `unknown` means it was written and may have arrived. */
export class SendError extends Error {
  readonly code: SendFailure
  readonly outcome: SendOutcome
  constructor(code: SendFailure, outcome: SendOutcome) {
    super(`${outcome === 'failed' ? 'not sent' : 'outcome unknown'}: ${code}`)
    this.name = 'SendError'
    this.code = code
    this.outcome = outcome
  }
}
