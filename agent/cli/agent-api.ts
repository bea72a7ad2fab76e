// Asking a running agent from a command: where it is and which token to use come from LINDA_URL and LINDA_TOKEN_FILE.

import { readFileSync } from 'node:fs'
import { hideCredentials } from '../config/urls.ts'
import { AskError } from './ask-error.ts'
import type { CommandIo } from './io.ts'

export { AskError }

/** How a request differs from a GET that is over within ten seconds. */
export interface Asking {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as JSON. */
  body?: object
  headers?: Readonly<Record<string, string>>
  /** Milliseconds for the whole answer; null where it goes on until the signal. */
  timeoutMs?: number | null
  signal?: AbortSignal
}

/** What an agent says of a path that it does not have; of a thing that it does not have it says what. */
const NO_PATH = 'there is nothing at this path'

/** Where the agent is said to be; an empty LINDA_URL says nothing. */
export function agentUrl(io: CommandIo): string {
  return io.env.LINDA_URL || 'http://127.0.0.1:8420'
}

/** Rejects with AskError: 1 when the agent does not answer, 2 when it refuses or the token file is missing. */
export async function askAgent(path: string, io: CommandIo, asking: Asking = {}): Promise<Response> {
  const { method = 'GET', body, headers, timeoutMs = 10_000, signal } = asking
  const url = agentUrl(io)
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new AskError(
      `LINDA_URL: found "${hideCredentials(url)}", allowed: the address of an agent, as http://127.0.0.1:8420`,
      2,
    )
  if (url.includes('@'))
    throw new AskError(
      `LINDA_URL: found "${hideCredentials(url)}", allowed: no name and no password in it; the token is in the file of LINDA_TOKEN_FILE`,
      2,
    )
  const token = readToken(io)
  const dispatcher = await dispatcherFor(io)
  const signals = [signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)]
  let response: Response
  try {
    response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any(signals.filter((each) => each !== undefined)),
      ...(dispatcher && { dispatcher }),
    })
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined
    const hint = io.env.LINDA_URL ? '' : '; LINDA_URL is not set and may have to be'
    throw new AskError(`cannot ask ${url}: ${cause?.message || (error as Error).message}${hint}`, 1)
  }
  if (response.ok) return response
  const { detail, title } = (await response.json().catch(() => ({}))) as { detail?: string; title?: string }
  if (response.status === 404 && title === 'not-found' && detail === NO_PATH)
    throw new AskError(
      `${url} knows nothing of ${path.split('?')[0]}: the agent there is an older or newer Linda than this command`,
      1,
    )
  // What the agent cannot do now is no mistake of the caller.
  const status = response.status >= 500 ? 1 : 2
  const message = response.headers.get('linda-message')
  const other = message === null ? '' : `: linda messages show ${message}`
  throw new AskError(`${url} answered ${response.status}: ${detail ?? response.statusText}${other}`, status)
}

/** Certificates of one's own, where there are any; what reads them is not loaded otherwise. */
async function dispatcherFor(io: CommandIo): Promise<RequestInit['dispatcher']> {
  const { LINDA_CA_FILE, LINDA_CERT_FILE, LINDA_KEY_FILE } = io.env
  if (!LINDA_CA_FILE && !LINDA_CERT_FILE && !LINDA_KEY_FILE) return undefined
  const { dispatcherOf } = await import('./tls.ts')
  return dispatcherOf(io) as RequestInit['dispatcher']
}

function readToken(io: CommandIo): string {
  const file = io.env.LINDA_TOKEN_FILE
  if (!file)
    throw new AskError(
      'LINDA_TOKEN_FILE: found nothing, allowed: the path of a file that holds an admin token',
      2,
    )
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new AskError(`LINDA_TOKEN_FILE: cannot read ${file}: ${(error as Error).message}`, 2)
  }
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new AskError(
      `LINDA_TOKEN_FILE: found ${file}, which holds no token, allowed: one line made by "linda token create"`,
      2,
    )
  return token
}
