// The pager's history over HTTP: every answer is checked before anybody believes it, and none is waited for longer than five seconds.

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { boundedText } from '../bounded-text.ts'

const WITHIN_MS = 5_000
/** A thousand notifications take about 600 KB. */
const LARGEST = 4 * 1024 * 1024

const notificationSchema = z.object({
  id: z.string(),
  account: z.string().nullable(),
  type: z.string(),
  channels: z.array(z.string()),
  priority: z.enum(['HIGH', 'MEDIUM', 'LOW']),
  status: z.enum(['PENDING', 'SENT', 'ACKNOWLEDGED', 'FAILED', 'CANCELLED']),
  sentAt: z.string().nullable(),
  readAt: z.string().nullable(),
  metadata: z.looseObject({
    attempts: z.number(),
    suggestedAction: z.string(),
    severity: z.enum(['critical', 'warning', 'info']),
    kind: z.enum(['firing', 'worse', 'repeat', 'resolved']),
    /** Not from a pager before it kept that. */
    acknowledgedBy: z.string().nullable().optional(),
    createdAt: z.iso.datetime(),
  }),
})
export type Notification = z.output<typeof notificationSchema>

const listed = z.object({ notifications: z.array(notificationSchema) })
const sent = listed.extend({ cursor: z.int().min(0) })

export interface NotificationQuery {
  account?: string | undefined
  severity?: string | undefined
  /** ISO 8601 */
  since?: string | undefined
  /** 1 to 1000 */
  limit: number
}

/** The pager gave no answer that can be used; the message says why, and no token. */
export class PagerError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'PagerError'
  }
}

export class PagerClient {
  #url: string
  #tokenFile: string

  /** @param url without a slash at its end */
  constructor(url: string, tokenFile: string) {
    this.#url = url
    this.#tokenFile = tokenFile
  }

  /** The newest first. Rejects with PagerError. */
  async list(query: NotificationQuery): Promise<Notification[]> {
    return (await this.#ask(query, listed)).notifications
  }

  /** What was sent after the cursor, in that order, and the cursor of the last of it. Rejects with PagerError. */
  async sentAfter(
    cursor: number,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ notifications: Notification[]; cursor: number }> {
    return this.#ask({ sent_after: cursor, limit }, sent, signal)
  }

  async #ask<S extends z.ZodType>(
    query: object,
    schema: S,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<z.output<S>> {
    const asked = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value))
    const ends = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])
    let text: string
    try {
      const token = (await readFile(this.#tokenFile, 'utf8')).trim()
      const headers = { authorization: `Bearer ${token}` }
      const url = `${this.#url}/api/notifications?${asked}`
      const response = await fetch(url, { headers, signal: ends, redirect: 'error' })
      if (!response.ok) throw new PagerError(`it answered ${response.status}`)
      const read = await boundedText(response, LARGEST)
      if (!read.whole) throw new PagerError(`its answer is longer than ${LARGEST} bytes`)
      text = read.text
    } catch (error) {
      if (error instanceof PagerError) throw error
      const { cause, code, name } = error as { cause?: { code?: string }; code?: string; name: string }
      throw new PagerError(`it cannot be asked: ${cause?.code ?? (typeof code === 'string' ? code : name)}`)
    }
    try {
      return schema.parse(JSON.parse(text))
    } catch {
      throw new PagerError('its answer is no history of notifications')
    }
  }
}
