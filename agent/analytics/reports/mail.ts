// Hands a report to a mail server: encrypted unless somebody has said otherwise, within bounds of time, and again after what may pass.

import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import type { ReportsConfig } from '../../config/schema.ts'
import { within } from '../../store/deadline.ts'
import type { Letter } from './letter.ts'

export interface MailServer {
  smtp: NonNullable<ReportsConfig['smtp']>
  password: string | null
}

export interface Sent {
  attempts: number
  /** Addresses that the server did not take, of those that it was given. */
  refused: number
}

/** No mail server took it. The message says what the last one said, and has no credentials in it. */
export class MailError extends Error {
  readonly attempts: number
  constructor(message: string, attempts: number) {
    super(message)
    this.name = 'MailError'
    this.attempts = attempts
  }
}

const RETRIES = 3
const PAUSE_MS = 5_000
/** Half a minute for a whole mail is a lot; for a name to resolve and a greeting to come it would be a fault. */
const GREETING_MS = 10_000
/** What an attempt has left when the agent stops, and a server to say goodbye when it has taken the mail. */
const LEAVING_MS = 1_000

/**
 * Rejects with MailError after three repetitions, or at once where the server has said that it will never take it (5xx, a wrong password):
 * knocking again locks accounts. The repetitions are one message to whoever reads it: they have one Message-ID.
 * @param stop gives up between two attempts, and a second later in the middle of one
 */
export async function sendMail(
  server: MailServer,
  letter: Letter,
  stop: AbortSignal,
  pauseMs = PAUSE_MS,
): Promise<Sent> {
  for (let attempts = 1; ; attempts++) {
    if (stop.aborted) throw new MailError('the agent stops', attempts - 1)
    try {
      return { attempts, refused: await attempt(server, letter, stop) }
    } catch (error) {
      const { hard, said } = verdict(error)
      if (hard || attempts > RETRIES || stop.aborted) throw new MailError(said, attempts)
      await sleep(pauseMs, undefined, { signal: stop }).catch(() => {
        throw new MailError(`${said}; not tried again because the agent stops`, attempts)
      })
    }
  }
}

async function attempt({ smtp, password }: MailServer, letter: Letter, stop: AbortSignal): Promise<number> {
  const { host, port, secure, username, timeoutMs } = smtp
  const impatient = Math.min(timeoutMs, GREETING_MS)
  // A socket of ours can be cut off: the library closes its own politely, and a server that keeps talking would keep it.
  const socket = new Socket().on('error', () => {})
  const transport = createTransport({
    socket,
    host,
    port,
    secure: secure === 'tls',
    requireTLS: secure === 'starttls',
    ignoreTLS: secure === 'none',
    ...(username !== null && password !== null && { auth: { user: username, pass: password } }),
    tls: { minVersion: 'TLSv1.2' },
    dnsTimeout: impatient,
    connectionTimeout: impatient,
    greetingTimeout: impatient,
    socketTimeout: timeoutMs,
    // Nothing in a letter is a path or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const late = (): Error => new Error(`the mail server took longer than ${timeoutMs} ms`)
  const leave = (): void => void setTimeout(() => socket.destroy(), LEAVING_MS).unref()
  stop.addEventListener('abort', leave, { once: true })
  try {
    const { rejected } = await within(timeoutMs, transport.sendMail({ ...letter }), late)
    leave()
    return rejected?.length ?? 0
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    stop.removeEventListener('abort', leave)
    transport.close()
  }
}

interface SmtpError extends Error {
  code?: string
  responseCode?: number
}

function verdict(error: unknown): { hard: boolean; said: string } {
  const { code, responseCode, message } = error as SmtpError
  const hard = (responseCode !== undefined && responseCode >= 500) || code === 'EAUTH'
  return { hard, said: withoutAddresses(message).slice(0, 300) }
}

/** What a server says names recipients; an event must not. */
function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>"(),;:]+@[^\s<>"(),;:]+/g, '***').replace(/\s+/g, ' ')
}
