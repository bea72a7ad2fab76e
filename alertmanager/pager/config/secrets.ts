// Secrets come from files that only name them; a missing or odd one is one clear error before anything is opened.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from '../../../agent/config/problems.ts'
import { Secret } from '../../../agent/config/secret.ts'
import type { PagerConfig } from './schema.ts'

/** The key of a Google service account, as much of it as is used. */
const serviceAccount = z.object({
  client_email: z.string().min(3),
  private_key: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
  token_uri: z.url(),
})

export interface ServiceAccount {
  email: string
  key: Secret
  tokenUrl: string
}

export interface Secrets {
  apiToken: Secret
  twilioToken: Secret | null
  fcm: ServiceAccount | null
}

/**
 * Throws ConfigError with every mistake.
 * @param cwd directory that a relative path starts from
 * @param from the configuration file, for messages
 */
export function readSecrets({ api, channels }: PagerConfig, cwd: string, from = 'pager.yaml'): Secrets {
  const problems: { path: string; found: string; allowed: string }[] = []
  const read = (path: string, file: string): string | null => {
    try {
      return readFileSync(resolve(cwd, file), 'utf8')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const found = code === 'ENOENT' ? `no file ${file}` : `${file}, an unreadable file (${code})`
      problems.push({ path, found, allowed: 'a file that can be read' })
      return null
    }
  }
  const line = (path: string, file: string): Secret | null => {
    const text = read(path, file)?.trim()
    if (text === undefined) return null
    if (/^[!-~]{16,256}$/.test(text)) return new Secret(text)
    // Never the text itself: it may be most of a secret.
    const allowed = 'one line of 16 to 256 visible ASCII characters'
    problems.push({ path, found: `${file} with ${text.length} characters`, allowed })
    return null
  }
  const apiToken = line('api.token_file', api.tokenFile)
  const { twilio, fcm } = channels
  const twilioToken = twilio ? line('channels.twilio.auth_token_file', twilio.authTokenFile) : null
  const account = fcm ? read('channels.fcm.credentials_file', fcm.credentialsFile) : null
  const parsed = account === null ? null : parseAccount(account)
  if (fcm && account !== null && parsed === null)
    problems.push({
      path: 'channels.fcm.credentials_file',
      found: `${fcm.credentialsFile}, which is something else`,
      allowed: 'the key of a service account as JSON, with client_email, private_key and token_uri',
    })
  if (problems.length > 0 || apiToken === null) throw new ConfigError(from, problems)
  return { apiToken, twilioToken, fcm: parsed }
}

function parseAccount(text: string): ServiceAccount | null {
  try {
    const { client_email, private_key, token_uri } = serviceAccount.parse(JSON.parse(text))
    return { email: client_email, key: new Secret(private_key), tokenUrl: token_uri }
  } catch {
    return null
  }
}
