// The agent as operators run it, a process of its own, with everything it printed kept for the test to read.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { addToken, mintToken } from '../../agent/admin/tokens.ts'
import { until } from './until.ts'

export interface AgentProcess {
  child: ChildProcess
  /** Standard output and error so far. */
  printed(): string
  /** Resolves with the exit status. */
  ended: Promise<number | null>
  /** Resolves when it listens. */
  listening(): Promise<{ metricsUrl: string; adminUrl: string }>
}

const main = join(import.meta.dirname, '../../agent/main.ts')

/** Runs `linda ARGS` in the directory. The caller ends it. */
export function runLinda(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): AgentProcess {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  const listening = async () => {
    const line = await until(
      () => `the agent listens; it printed: ${text}`,
      () => text.split('\n').find((line) => line.includes('"msg":"listening"')),
      20_000,
    )
    const { metrics_url, admin_url } = JSON.parse(line) as { metrics_url: string; admin_url: string }
    return { metricsUrl: metrics_url, adminUrl: admin_url }
  }
  return { child, printed: () => text, ended, listening }
}

/** Writes linda.yaml and a token into the directory; answers the token. Sections are merged over working defaults. */
export async function writeConfig(
  directory: string,
  sections: Record<string, Record<string, unknown>>,
  accounts: { id: string; phone: string }[],
): Promise<string> {
  mkdirSync(directory, { recursive: true })
  const { token, entry } = await mintToken('test', 'admin')
  addToken(join(directory, 'secrets', 'tokens.yaml'), entry)
  const base: Record<string, Record<string, unknown>> = {
    metrics: { listen: '127.0.0.1:0' },
    admin: { listen: '127.0.0.1:0' },
  }
  for (const [name, keys] of Object.entries(sections)) base[name] = { ...base[name], ...keys }
  writeFileSync(join(directory, 'linda.yaml'), stringify({ ...base, accounts }))
  return token
}
