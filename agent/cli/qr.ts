// `linda qr ACCOUNT`: the codes of an account in the terminal, each replaced by the next in time, until the phone is linked or nothing more comes.

import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { LinkingFrame } from '../admin/linking/stream.ts'
import { renderCode } from '../pairing/render.ts'
import { AskError, agentUrl, askAgent } from './agent-api.ts'
import { CodeScreen } from './code-screen.ts'
import type { CommandIo } from './io.ts'

export interface QrOptions {
  code?: boolean
  link?: boolean
  reset?: boolean
  json?: boolean
}

const base = (account: string): string => `/api/dashboard/connections/${encodeURIComponent(account)}`
const action = (account: string, what: string): string =>
  `/api/dashboard/quick-actions/${encodeURIComponent(account)}/${what}`

/** Status 0 when the phone is linked, 1 when the codes were shown in vain or the agent went away, 2 when it refuses. */
export async function showQr(account: string, options: QrOptions, io: CommandIo): Promise<number> {
  try {
    if (options.link) return await printLink(account, options.json === true, io)
    if (options.reset) await askAgent(action(account, 'reset-qr'), io, { method: 'POST' })
    if (options.code) await askAgent(action(account, 'pairing-code'), io, { method: 'POST' })
    return await follow(account, options.json === true, io)
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    io.err(`${error.message}\n`)
    return error.status
  }
}

async function printLink(account: string, json: boolean, io: CommandIo): Promise<number> {
  const answer = await askAgent(action(account, 'link'), io, { method: 'POST' })
  const told = ((await answer.json().catch(() => null)) ?? {}) as { path?: string; expires?: string }
  const { path, expires } = told
  if (!path) throw noLinda(io)
  const url = String(new URL(path, agentUrl(io)))
  if (json) {
    io.out(`${JSON.stringify({ url, expires })}\n`)
    return 0
  }
  io.out(`${url}\n`)
  io.err(`good until ${expires}, for the codes of this account only\n`)
  return 0
}

async function follow(account: string, json: boolean, io: CommandIo): Promise<number> {
  const leaving = new AbortController()
  const { signal } = leaving
  const answer = await askAgent(`${base(account)}/linking`, io, { timeoutMs: null, signal })
  if (!answer.body || !answer.headers.get('content-type')?.startsWith('text/event-stream')) throw noLinda(io)
  const screen = new CodeScreen(io)
  try {
    const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    for await (const { data } of events) {
      const frame = JSON.parse(data) as LinkingFrame
      if (json) {
        const { svg: _, ...rest } = frame
        io.out(`${JSON.stringify(rest)}\n`)
      } else screen.show(frame, await textOf(frame))
      const status = statusOf(frame)
      if (status !== null) return status
    }
  } catch (error) {
    throw new AskError(`the agent went away: ${(error as Error).message}`, 1)
  } finally {
    screen.end()
    // The stream goes on for as long as anybody reads it.
    leaving.abort()
  }
  throw new AskError('the agent ended the stream before the phone was linked', 1)
}

/** Null while there is something to wait for. */
function statusOf({ state }: LinkingFrame): number | null {
  if (state === 'linked') return 0
  return state === 'expired' || state === 'passkey' || state === 'unavailable' ? 1 : null
}

async function textOf({ state, code }: LinkingFrame): Promise<string> {
  if (code === null) return ''
  if (state === 'pairing-code') return `\n    ${code.slice(0, 4)}-${code.slice(4)}\n\n`
  return String((await renderCode(code, 'text')).body)
}

function noLinda(io: CommandIo): AskError {
  return new AskError(`cannot ask ${agentUrl(io)}: what answers there is no Linda`, 1)
}
