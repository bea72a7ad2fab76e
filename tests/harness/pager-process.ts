// The pager as operators run it, a process of its own, on loopback providers, with everything it printed kept for the test to read.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { project } from './providers/fcm.ts'
import { accountSid, authToken } from './providers/twilio.ts'
import { until } from './until.ts'

const main = join(import.meta.dirname, '../../alertmanager/pager/main.ts')
export const apiToken = 'a-pager-token-of-a-test'

export interface PagerProcess {
  child: ChildProcess
  /** Standard output and error so far. */
  printed(): string
  /** Resolves with the exit status. */
  ended: Promise<number | null>
  /** Resolves when it listens. */
  listening(): Promise<{ apiUrl: string; callbacksUrl: string; metricsUrl: string }>
}

/** Runs `linda-pager ARGS` in the directory. The caller ends it. */
export function runPager(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): PagerProcess {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const keep = (chunk: Buffer): void => {
    text += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  const listening = async () => {
    const line = await until(
      () => `the pager listens; it printed: ${text}`,
      () => text.split('\n').find((line) => line.includes('"msg":"listening"')),
      20_000,
    )
    const urls = JSON.parse(line) as { api_url: string; callbacks_url: string; metrics_url: string }
    return { apiUrl: urls.api_url, callbacksUrl: urls.callbacks_url, metricsUrl: urls.metrics_url }
  }
  return { child, printed: () => text, ended, listening }
}

export interface Providers {
  twilio?: { url: string }
  fcm?: { url: string; credentials: string }
}

/**
 * Writes pager.yaml and its secrets into the directory: free ports, the loopback providers, short times. Sections are merged over that;
 * `recipients`, `schedules` and `receivers` are the caller's. Answers the API token.
 */
export function writePagerConfig(
  directory: string,
  { twilio, fcm }: Providers,
  sections: Record<string, Record<string, unknown> | null>,
): string {
  const secrets = join(directory, 'secrets')
  mkdirSync(secrets, { recursive: true })
  writeFileSync(join(secrets, 'pager.token'), `${apiToken}\n`)
  writeFileSync(join(secrets, 'twilio.token'), `${authToken}\n`)
  if (fcm) writeFileSync(join(secrets, 'fcm.json'), fcm.credentials)
  // A machine with other work to do must not make doubt of an answer that came.
  const timeout = '2s'
  const listening = { listen: '127.0.0.1:0' }
  const base: Record<string, Record<string, unknown> | null> = {
    api: listening,
    callbacks: listening,
    metrics: listening,
    retries: { apart: '50ms', longest: '2s', again: '300ms' },
    channels: {
      twilio: twilio
        ? {
            account_sid: accountSid,
            auth_token_file: './secrets/twilio.token',
            from: '+15005550006',
            base_url: twilio.url,
            timeout,
          }
        : null,
      fcm: fcm ? { project, credentials_file: './secrets/fcm.json', base_url: fcm.url, timeout } : null,
    },
  }
  for (const [name, keys] of Object.entries(sections)) base[name] = keys && { ...base[name], ...keys }
  writeFileSync(join(directory, 'pager.yaml'), stringify(base))
  return apiToken
}
