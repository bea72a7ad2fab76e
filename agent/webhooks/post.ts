// One attempt over HTTP: it ends within its time, follows nobody elsewhere, and reads little of what it is answered.

import { retryAfterMs } from '../retry-after.ts'
import { signatureOf } from './signature.ts'
import type { Target } from './target.ts'
import type { Outcome } from './verdict.ts'

/** An answer is read to its end so that its connection can be used again, up to this many bytes and milliseconds. */
const READ_BYTES = 16 * 1024
const READ_MS = 1_000

export interface Attempt {
  id: string
  attempt: number
  body: Uint8Array
}

/**
 * Posts it and waits for the status. Never rejects.
 * @param stop ends it at once, as a failure
 */
export async function post(
  target: Target,
  { id, attempt, body }: Attempt,
  stop: AbortSignal,
): Promise<Outcome> {
  const tooLate = AbortSignal.timeout(target.timeoutMs)
  const secrets = target.secrets.map((secret) => secret.reveal())
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      // Elsewhere is for whoever configures the webhook, not for whoever answers it.
      redirect: 'manual',
      body: body as Uint8Array<ArrayBuffer>,
      signal: AbortSignal.any([tooLate, stop]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'linda-webhook/1',
        'linda-delivery': id,
        'linda-attempt': String(attempt),
        'linda-signature': signatureOf(secrets, Math.floor(Date.now() / 1_000), body),
      },
    })
    await readAway(response.body)
    const asked = retryAfterMs(response.headers.get('retry-after'), Date.now())
    return { kind: 'answered', status: response.status, retryAfterMs: asked }
  } catch (error) {
    if (tooLate.aborted) return { kind: 'failed', detail: `no answer within ${target.timeoutMs} ms` }
    if (stop.aborted) return { kind: 'failed', detail: 'the agent stopped' }
    return { kind: 'failed', detail: codeOf(error) }
  }
}

/** The status has decided; what goes wrong here costs a connection and nothing else. */
async function readAway(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null) return
  const reader = body.getReader()
  let left = READ_BYTES
  const cut = setTimeout(() => void reader.cancel().catch(() => {}), READ_MS)
  try {
    while (left > 0) {
      const { done, value } = await reader.read()
      if (done) return
      left -= value.length
    }
    await reader.cancel()
  } catch {
    // it broke off
  } finally {
    clearTimeout(cut)
  }
}

/** A code such as ECONNREFUSED: messages of the library may quote the address. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string') return code.slice(0, 60)
    if (at instanceof AggregateError) {
      const inner: unknown = at.errors[0]
      if (inner instanceof Error) return codeOf(inner)
    }
  }
  return 'cannot be asked'
}
