// Asking Alertmanager from a command: where it is comes from --alertmanager or LINDA_ALERTMANAGER_URL, and a password in it is never shown.

import { hideCredentials, isUrl } from '../config/urls.ts'
import { AskError } from './ask-error.ts'
import type { CommandIo } from './io.ts'

const TIMEOUT_MS = 10_000

/** Where Alertmanager is said to be. Throws AskError with status 2 for what is no address of a web server. */
export function alertmanagerUrl(option: string | undefined, io: CommandIo): string {
  const url = option ?? io.env.LINDA_ALERTMANAGER_URL ?? 'http://127.0.0.1:9093'
  if (isUrl(url, ['http', 'https'])) return url.replace(/\/+$/, '')
  const place = option === undefined ? 'LINDA_ALERTMANAGER_URL' : '--alertmanager'
  const allowed = 'a URL that starts with http:// or https://'
  throw new AskError(`${place}: found ${JSON.stringify(hideCredentials(url))}, allowed: ${allowed}`, 2)
}

/**
 * The JSON of an answer of the API v2, or null where it has none. Rejects with AskError: 1 where Alertmanager does not answer or
 * cannot do it, 2 where it refuses.
 * @param path below `/api/v2`
 */
export async function askAlertmanager(
  url: string,
  path: string,
  { method = 'GET', body }: { method?: 'GET' | 'POST' | 'DELETE'; body?: object } = {},
): Promise<unknown> {
  const target = new URL(`${url}/api/v2${path}`)
  const { username, password } = target
  target.username = ''
  target.password = ''
  const shown = hideCredentials(url)
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  )
  let response: Response
  let text: string
  try {
    response = await fetch(target, {
      method,
      headers: {
        ...(username && { authorization: `Basic ${basic}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    text = await response.text()
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined
    throw new AskError(
      `cannot ask Alertmanager at ${shown}: ${cause?.message || (error as Error).message}`,
      1,
    )
  }
  const answer = parsed(text)
  if (response.ok && (text === '' || answer !== undefined)) return answer ?? null
  const said = typeof answer === 'string' ? answer : ((answer as { message?: string })?.message ?? '')
  const why = said || (response.ok ? 'what answers there is no Alertmanager' : response.statusText)
  const status = response.status >= 500 || response.ok ? 1 : 2
  throw new AskError(`Alertmanager at ${shown} answered ${response.status}: ${why.slice(0, 200)}`, status)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
