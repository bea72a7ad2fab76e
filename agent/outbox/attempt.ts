// One attempt to send one message, and what follows from it; it never rejects, whatever the sender, the cipher or the store does.

import { SendError } from '../session/socket.ts'
import type { Cipher } from '../store/cipher.ts'
import type { SendFailure } from '../words.ts'
import { decodePayload, type Payload } from './content.ts'
import type { MessageRow } from './row.ts'
import type { Sender } from './sender.ts'
import type { Change, Decided } from './settle.ts'
import { NOT_READY_MS, type Retry, verdictOf } from './verdict.ts'

export interface AttemptParts {
  sender: Sender
  cipher: Cipher
  retry: Retry
  /** How long another account waits with what this one may have sent, in milliseconds. */
  graceMs: number
  /** Nothing else of the account is on its way meanwhile. */
  alone: boolean
  random(): number
}

type Ruling = Pick<Decided, 'state' | 'open' | 'nextAt' | 'code' | 'maybeSent' | 'moves' | 'error'>

const usual = { maybeSent: false, moves: false, error: false }
const failed = (code: string): Ruling => ({ ...usual, state: 'failed', open: false, nextAt: null, code })

export async function attempt(row: MessageRow, parts: AttemptParts): Promise<Change> {
  const { sender, cipher } = parts
  const rules = (ruling: Ruling, at: number): Decided => {
    const { account, epoch } = sender
    return { kind: 'decided', id: row.id, account, epoch, attempts: row.attempts, at, ...ruling }
  }
  let payload: Payload
  try {
    payload = await opened(cipher, row)
  } catch {
    const at = Date.now()
    return rules((await hasKey(cipher, row)) ? failed('unreadable') : keyless(at), at)
  }
  const { wa_id: messageId, accepted_at } = row
  const { to, content } = payload
  const waitedMs = Date.now() - accepted_at
  try {
    await sender.send({ messageId, to: `${to.slice(1)}@s.whatsapp.net`, text: content.text, waitedMs })
    return { kind: 'arrived', waId: messageId, account: sender.account, state: 'acked', at: Date.now() }
  } catch (error) {
    const at = Date.now()
    // Whatever else a sender throws: the message may have left before.
    const known = error instanceof SendError ? error : new SendError('connection-closed', 'unknown')
    return rules(rulingOn(row, known, parts, at), at)
  }
}

function opened(cipher: Cipher, row: MessageRow): Promise<Payload> {
  return cipher.open(`pool:${row.pool}`, `message/${row.id}`, row.payload).then(decodePayload)
}

/** Its key is in the store: without the store nothing can be opened, and that is no fault of the message. */
function hasKey(cipher: Cipher, { pool }: MessageRow): Promise<boolean> {
  return cipher.mac(`pool:${pool}`, '').then(
    () => true,
    () => false,
  )
}

const keyless = (at: number): Ruling => ({
  ...usual,
  state: 'queued',
  open: true,
  nextAt: at + NOT_READY_MS,
  code: 'no-key',
})

function rulingOn(
  row: MessageRow,
  error: SendError,
  { retry, graceMs, alone, random }: AttemptParts,
  at: number,
): Ruling {
  const { code, outcome }: { code: SendFailure; outcome: SendError['outcome'] } = error
  const { attempts, errors, bound, maybe_sent_by } = row
  const verdict = verdictOf({ code, outcome, attempts, errors, alone }, retry, random())
  if (verdict.do === 'again') {
    const { state, delayMs, error } = verdict
    return {
      ...usual,
      state,
      open: true,
      nextAt: at + delayMs,
      code,
      maybeSent: outcome === 'unknown',
      error,
    }
  }
  if (verdict.do === 'poison') return { ...failed('poison'), state: 'unknown', maybeSent: true, error: true }
  // A caller who named the account named nobody else.
  if (verdict.do === 'fail' || bound === 1) return { ...failed(code), error: true }
  // This attempt was refused for certain; an earlier one without an answer may still have its acknowledgement on the way.
  const nextAt = maybe_sent_by === null ? at : at + graceMs
  return { ...usual, state: 'parked', open: true, nextAt, code, moves: true, error: true }
}
