// Agents of a chaos run, one after another or two at a time: each with its own log, from which is read what it did.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../harness/until.ts'
import { masterKey } from './store.ts'

const main = join(import.meta.dirname, '../../../agent/main.ts')

export interface LogLine {
  msg: string
  account?: string
  messageId?: string
  epoch?: number
  to?: string
  admin_url?: string
}

export class ChaosAgent {
  readonly child: ChildProcess
  readonly logFile: string
  #ended: Promise<void>

  /** Starts at once. `env` overrides the configuration file. */
  constructor(directory: string, name: string, env: Record<string, string> = {}) {
    this.logFile = join(directory, `${name}.log`)
    const log = openSync(this.logFile, 'w')
    this.child = spawn(process.execPath, [main, 'run'], {
      cwd: directory,
      env: { PATH: process.env.PATH ?? '', LINDA_MASTER_KEY: masterKey, ...env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#ended = new Promise((resolve) => this.child.once('exit', () => resolve()))
    process.once('exit', this.#kill)
  }

  /** What it has logged so far. */
  lines(): LogLine[] {
    return readFileSync(this.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine)
  }

  /** Accounts whose sessions it has opened. */
  opened(): Set<string | undefined> {
    return new Set(this.lines().flatMap(({ msg, account }) => (msg === 'session.opened' ? [account] : [])))
  }

  /** Where its admin API answers. */
  listening(): Promise<string> {
    return until(
      () => `the agent listens; ${readFileSync(this.logFile, 'utf8').slice(-2_000)}`,
      () => this.lines().find(({ msg }) => msg === 'listening')?.admin_url,
      30_000,
    )
  }

  /** Ends it; resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.child.kill(signal)
    await this.#ended
    process.off('exit', this.#kill)
  }

  #kill = (): void => {
    this.child.kill('SIGKILL')
  }
}
