// One request to Grafana's push endpoint, and what its answer means: taken, to be tried again, or never to be taken.

import { readFile } from 'node:fs/promises'
import { lineOf, type Point } from './line.ts'

export interface PushTarget {
  /** Where Grafana is, with the path under which it is served. */
  url: string
  /** Read for every request, so that a token can be replaced while the agent runs. */
  tokenFile: string
  stream: string
  /** For the whole request, in milliseconds. */
  timeoutMs: number
}

/** `refused`: these lines will not be taken another time either. */
export type Pushed = { outcome: 'pushed' } | { outcome: 'failed' | 'refused'; detail: string }

/** Never rejects. */
export async function push(
  { url, tokenFile, stream, timeoutMs }: PushTarget,
  points: readonly Point[],
  stopping: AbortSignal,
): Promise<Pushed> {
  const lines = points.map(lineOf).filter((line) => line !== null)
  if (lines.length === 0) return { outcome: 'pushed' }
  try {
    const token = (await readFile(tokenFile, 'utf8')).trim()
    if (!/^[!-~]+$/.test(token)) return { outcome: 'failed', detail: `${tokenFile} holds no token` }
    const to = new URL(`api/live/push/${encodeURIComponent(stream)}`, url.endsWith('/') ? url : `${url}/`)
    const response = await fetch(to, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain; charset=utf-8' },
      body: `${lines.join('\n')}\n`,
      redirect: 'error',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    if (response.ok) return { outcome: 'pushed' }
    return {
      outcome: hopeless.has(response.status) ? 'refused' : 'failed',
      detail: `http ${response.status}`,
    }
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
    return { outcome: 'failed', detail: cause?.code ?? cause?.message ?? message }
  }
}

/** What is wrong with the lines, not with the token or the server. */
const hopeless = new Set([400, 413, 415, 422])
