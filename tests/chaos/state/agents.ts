// Agents of a chaos run, one after another or two at a time: each with its own log, from which is read what it did.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { until } from '../../harness/until.ts'
import { masterKey } from './store.ts'

const main = join(import.meta.dirname, '../../../agent/main.ts')
/** `node.stop_within` is 10 s unless configured; twice that is an agent that hangs. */
const END_WITHIN_MS = 20_000

export interface LogLine {
  msg: string
  account?: string
  messageId?: string
  to?: string
  admin_url?: string
}

export class ChaosAgent {
  readonly child: ChildProcess
  #log: number
  #decoder = new StringDecoder('utf8')
  #chunk = Buffer.alloc(64 * 1024)
  #rest = ''
  #lines: LogLine[] = []
  /** The last that it printed, for messages. */
  #tail = ''

  /** Starts at once. `name` is that of its log file. */
  constructor(directory: string, name: string) {
    const file = join(directory, `${name}.log`)
    const log = openSync(file, 'w')
    this.#log = openSync(file, 'r')
    this.child = spawn(process.execPath, [main, 'run'], {
      cwd: directory,
      env: { PATH: process.env.PATH ?? '', LINDA_MASTER_KEY: masterKey },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    process.once('exit', this.#kill)
  }

  /** What it has logged so far. */
  lines(): readonly LogLine[] {
    for (let n = 1; n > 0; ) {
      n = readSync(this.#log, this.#chunk)
      const text = this.#rest + this.#decoder.write(this.#chunk.subarray(0, n))
      const lines = text.split('\n')
      this.#rest = lines.pop() ?? ''
      this.#tail = (this.#tail + text.slice(0, text.length - this.#rest.length)).slice(-2_000)
      for (const line of lines)
        if (line.startsWith('{') && line.endsWith('}')) this.#lines.push(JSON.parse(line) as LogLine)
    }
    return this.#lines
  }

  /** Accounts whose sessions it has ever opened. */
  opened(): Set<string | undefined> {
    return new Set(this.lines().flatMap(({ msg, account }) => (msg === 'session.opened' ? [account] : [])))
  }

  /** Accounts whose sessions are open now, as far as it has said. */
  up(): Set<string> {
    const up = new Set<string>()
    for (const { msg, account = '', to } of this.lines())
      if (msg === 'session.opened') up.add(account)
      else if (msg === 'session.closed') up.delete(account)
      else if (msg === 'session.state-changed' && to !== 'open' && to !== 'restricted') up.delete(account)
    return up
  }

  /** Resolves when all of so many sessions are open at the same time. */
  async allUp(accounts: number, withinMs: number): Promise<void> {
    const what = () => `${accounts} sessions open, found ${[...this.up()]}; ${this.#tail}`
    await until(what, () => this.#alive() && this.up().size === accounts, withinMs)
  }

  /** Resolves when it believes that the account was unlinked. */
  async loggedOut(id: string): Promise<void> {
    const told = () => this.lines().some(({ account, to }) => account === id && to === 'logged-out')
    await until(() => `${id} is logged out; ${this.#tail}`, told, 10_000)
  }

  /** Where its admin API answers. */
  listening(): Promise<string> {
    const found = () => this.#alive() && this.lines().find(({ msg }) => msg === 'listening')?.admin_url
    return until(() => `the agent listens; ${this.#tail}`, found, 30_000)
  }

  /** Ends it; resolves when it is gone. Rejects when it does not go by itself. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.child.kill(signal)
    const gone = () => this.#status() !== null
    await until(() => `the agent ends after ${signal}; ${this.#tail}`, gone, END_WITHIN_MS)
    process.off('exit', this.#kill)
  }

  /** Its exit status or the signal that ended it; null while it runs. */
  #status(): number | string | null {
    return this.child.exitCode ?? this.child.signalCode
  }

  #alive(): true {
    const status = this.#status()
    if (status === null) return true
    this.lines()
    throw new Error(`the agent ended by itself (${status}); ${this.#tail}`)
  }

  #kill = (): void => {
    this.child.kill('SIGKILL')
  }
}
