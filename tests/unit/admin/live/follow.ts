// Readers of the live stream over a real listener, by WebSocket and as server-sent events, with everything that they were told.

import { createParser } from 'eventsource-parser'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { LiveSettings } from '../../../../agent/admin/live/settings.ts'
import { upgradesTo } from '../../../../agent/admin/live/upgrade.ts'
import { type Listener, listen } from '../../../../agent/http.ts'
import { until } from '../../../harness/until.ts'
import { type AdminStage, adminStage, tokens } from '../stage.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames of every type
export type Told = Record<string, any> & { seq: number; type: string }

export interface Reader {
  frames: Told[]
  /** Close code, or 0 for an end without one. */
  closed: { code: number; reason: string } | null
  /** The first frame that fits. */
  sees(type: string, fits?: (frame: Told) => boolean): Promise<Told>
  end(): Promise<{ code: number; reason: string }>
  leave(): void
}
export interface SocketReader extends Reader {
  ws: WebSocket
}

export interface LiveStage extends AdminStage, Listener {
  /** Fails where the upgrade is refused. */
  socket(query?: string, headers?: Record<string, string>): Promise<SocketReader>
  /** The answer to an upgrade that is refused. */
  refused(query?: string, headers?: Record<string, string>, protocols?: string[]): Promise<Refusal>
  sse(query?: string, headers?: Record<string, string>): Promise<Reader & { names: string[]; ids: string[] }>
}
export interface Refusal {
  status: number
  headers: Record<string, string | string[] | undefined>
  title: string
  detail: string
}

export const asViewer = { authorization: `Bearer ${tokens.viewer}` }

export async function liveStage(
  accounts: Parameters<typeof adminStage>[0] = 2,
  settings: Partial<LiveSettings> = {},
): Promise<LiveStage> {
  const stage = await adminStage(accounts, [], 1_000, settings)
  const at = { host: '127.0.0.1', port: 0 }
  const listener = await listen(stage.app, at, 'test', upgradesTo(stage.app))
  onTestFinished(() => listener.close(0))
  const url = `${listener.url.replace('http', 'ws')}/ws/dashboard/status`
  return {
    ...stage,
    ...listener,
    socket: (query = '', headers = asViewer) => openSocket(new WebSocket(url + query, { headers })),
    refused: (query = '', headers = asViewer, protocols = []) =>
      refusalOf(new WebSocket(url + query, protocols, { headers })),
    async sse(query = '', headers = asViewer) {
      const leaving = new AbortController()
      const { signal } = leaving
      const answer = await fetch(`${listener.url}/api/dashboard/stream${query}`, { headers, signal })
      if (!answer.ok || !answer.body) throw new Error(`${answer.status} ${await answer.text()}`)
      return followEvents(answer.body, () => leaving.abort())
    },
  }
}

function blank(leave: () => void): Reader {
  const at: Reader = {
    frames: [],
    closed: null,
    sees: (type, fits = () => true) =>
      until(
        () => `${type} after ${JSON.stringify(at.frames.slice(-5))}`,
        () => at.frames.find((frame) => frame.type === type && fits(frame)),
      ),
    end: () => until('the end of the stream', () => at.closed),
    leave,
  }
  onTestFinished(leave)
  return at
}

export function openSocket(ws: WebSocket): Promise<SocketReader> {
  const at = Object.assign(
    blank(() => ws.terminate()),
    { ws },
  )
  ws.on('message', (data) => at.frames.push(JSON.parse(String(data))))
  ws.on('close', (code, reason) => {
    at.closed = { code, reason: String(reason) }
  })
  return new Promise((resolve, reject) => {
    ws.once('open', () => resolve(at))
    ws.once('error', reject)
  })
}

function refusalOf(ws: WebSocket): Promise<Refusal> {
  return new Promise((resolve, reject) => {
    ws.once('open', () => reject(new Error('it was let in')))
    ws.once('error', reject)
    ws.once('unexpected-response', (_, response) => {
      let body = ''
      response.on('data', (data) => {
        body += data
      })
      response.once('end', () => {
        const { title = '', detail = '' } = body ? JSON.parse(body) : {}
        resolve({ status: response.statusCode ?? 0, headers: response.headers, title, detail })
      })
    })
  })
}

function followEvents(body: ReadableStream<Uint8Array>, leave: () => void) {
  const at = Object.assign(blank(leave), { names: [] as string[], ids: [] as string[] })
  let bye = ''
  const parser = createParser({
    onEvent({ event = '', data, id = '' }) {
      if (event === 'bye') {
        bye = JSON.parse(data).why
        return
      }
      at.names.push(event)
      at.ids.push(id)
      at.frames.push(JSON.parse(data))
    },
  })
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const bytes of body) parser.feed(decoder.decode(bytes, { stream: true }))
  }
  void read()
    .catch(() => {})
    .finally(() => {
      at.closed = { code: 0, reason: bye }
    })
  return at
}
