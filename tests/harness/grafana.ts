// A loopback stand-in for Grafana that enforces its rules: what the real one refuses, this refuses, so that a test cannot pass on a request which Grafana would not take.

import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A line as Grafana read it. */
export interface Line {
  measurement: string
  tags: Record<string, string>
  fields: Record<string, number | bigint | string | boolean>
  /** Nanoseconds. */
  at: bigint
}

export interface Taken {
  stream: string
  lines: Line[]
  receivedAt: number
}

/** How it behaves at the moment: `ok`, a status for every answer, or silence. */
export type Mood = 'ok' | 'hang' | number

export interface LiveGrafana {
  url: string
  token: string
  taken: Taken[]
  /** Requests that came, taken or not. */
  requests: number
  mood: Mood
  close(): Promise<void>
}

/** Grafana's push endpoint; whoever opens it closes it. */
export async function liveGrafana(): Promise<LiveGrafana> {
  const token = `glsa_${createHash('sha256').update(randomBytes(16)).digest('hex').slice(0, 32)}_0a1b2c3d`
  const at: LiveGrafana = { url: '', token, taken: [], requests: 0, mood: 'ok', close: async () => {} }
  const server = createServer(async (request, response) => {
    at.requests += 1
    const body = await textOf(request)
    if (at.mood === 'hang') return
    if (at.mood !== 'ok') return answer(response, at.mood, 'as it was told')
    const [, stream] = /^\/api\/live\/push\/([A-Za-z0-9_-]{1,64})$/.exec(request.url ?? '') ?? []
    if (stream === undefined) return answer(response, 404, 'no such path')
    if (request.method !== 'POST') return answer(response, 405, 'POST only')
    if (request.headers.authorization !== `Bearer ${token}`) return answer(response, 401, 'Unauthorized')
    try {
      const lines = body.split('\n').filter((line) => line !== '')
      if (lines.length === 0) return answer(response, 500, 'nothing to convert')
      at.taken.push({ stream, lines: lines.map(readLine), receivedAt: performance.now() })
      answer(response, 200, '')
    } catch (error) {
      answer(response, 500, (error as Error).message)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  at.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  at.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return at
}

/** Line protocol as its specification has it; throws where a line is none, or its time is not in nanoseconds. */
export function readLine(line: string): Line {
  const [head = '', fields = '', time = '', ...rest] = split(line, ' ', true)
  const [measurement = '', ...tags] = split(head, ',', false)
  if (measurement === '' || fields === '' || rest.length > 0) throw new Error(`no line: ${line}`)
  if (!/^\d{19}$/.test(time)) throw new Error(`no time in nanoseconds: ${line}`)
  return {
    measurement: plain(measurement),
    tags: Object.fromEntries(tags.map((tag) => pair(tag))),
    fields: Object.fromEntries(split(fields, ',', true).map((field) => pairOf(field))),
    at: BigInt(time),
  }
}

/** @param quotes whether quotation marks keep a part together */
function split(text: string, by: string, quotes: boolean): string[] {
  const parts = ['']
  let quoted = false
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] as string
    const end = parts.length - 1
    if (char === '\\') {
      parts[end] += char + (text[i + 1] ?? '')
      i += 1
    } else if (char === by && !quoted) parts.push('')
    else {
      if (char === '"' && quotes) quoted = !quoted
      parts[end] += char
    }
  }
  if (quoted) throw new Error(`a quotation mark is not closed: ${text}`)
  return parts
}

function pair(text: string): [string, string] {
  const [key = '', value = '', ...rest] = split(text, '=', false)
  if (key === '' || value === '' || rest.length > 0) throw new Error(`no key and value: ${text}`)
  return [plain(key), plain(value)]
}

function pairOf(text: string): [string, Line['fields'][string]] {
  const [key = '', value = '', ...rest] = split(text, '=', true)
  if (key === '' || value === '' || rest.length > 0) throw new Error(`no field: ${text}`)
  return [plain(key), fieldOf(value)]
}

function fieldOf(text: string): Line['fields'][string] {
  if (/^"(.*)"$/s.test(text)) return text.slice(1, -1).replace(/\\(["\\])/g, '$1')
  if (/^-?\d+i$/.test(text)) return BigInt(text.slice(0, -1))
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text)
  throw new Error(`no value: ${text}`)
}

function plain(text: string): string {
  return text.replace(/\\([ ,=])/g, '$1')
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

export function answer(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}
