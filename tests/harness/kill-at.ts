// A command that is killed at moments spread over what it does to its store, so that whatever it could leave half done is left once.

import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type AgentProcess, runLinda } from './agent-process.ts'
import { until } from './until.ts'

/** How long a command may take to come to its store: what it loads first. */
const BEGINS_WITHIN_MS = 30_000

export interface Command {
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  /** `store.url` of the one store that it opens. */
  url: string
}

export interface Killed {
  /** False when it was over before its moment came. */
  killed: boolean
  /** For how many milliseconds it had the store open. */
  tookMs: number
}

/** Runs it to its end; answers for how many milliseconds it had the store open. Rejects when it fails. */
export async function undisturbed(command: Command): Promise<number> {
  const running = await begun(command)
  const from = performance.now()
  const status = await running.ended
  if (status !== 0) throw new Error(`${command.args} ended with ${status}: ${running.printed()}`)
  return performance.now() - from
}

/** Kills it `afterMs` after it has opened its store; resolves when it is gone. */
export async function killedAt(command: Command, afterMs: number): Promise<Killed> {
  const running = await begun(command)
  const from = performance.now()
  await Promise.race([sleep(afterMs, undefined, { ref: false }), running.ended])
  running.child.kill('SIGKILL')
  await running.ended
  const tookMs = performance.now() - from
  await until('the server has noticed', async () => !(await isOpen(command.url)), 10_000)
  return { killed: running.child.signalCode === 'SIGKILL', tookMs }
}

/**
 * Does so at so many moments, evenly spread over `tookMs`, or over less once a run was over sooner: the machine may have been busy when it
 * was measured. Answers how often it came in time.
 * @param each starts the command of one moment, and looks at what is left
 */
export async function killedAtMoments(
  moments: number,
  tookMs: number,
  each: (kill: (command: Command) => Promise<void>, moment: number) => Promise<void>,
): Promise<number> {
  let inTime = 0
  for (let moment = 1; moment <= moments; moment++)
    await each(async (command) => {
      const { killed, tookMs: ranMs } = await killedAt(command, (tookMs * moment) / (moments + 1))
      if (killed) inTime += 1
      else tookMs = Math.min(tookMs, ranMs)
    }, moment)
  return inTime
}

/** Resolves when it has opened its store, or has ended without. */
async function begun({ args, cwd, env, url }: Command): Promise<AgentProcess> {
  const { look, close } = await watcher(url)
  try {
    const running = runLinda(args, cwd, env)
    const deadline = performance.now() + BEGINS_WITHIN_MS
    while (running.child.exitCode === null && !(await look())) {
      if (performance.now() > deadline) {
        running.child.kill('SIGKILL')
        throw new Error(`${args} did not open ${new URL(url).protocol} in time: ${running.printed()}`)
      }
      await sleep(4)
    }
    return running
  } finally {
    await close()
  }
}

/** Whether a server still has a connection of it: what was sent last may still be under way. A file's locks die with the process. */
async function isOpen(url: string): Promise<boolean> {
  if (url.startsWith('sqlite:')) return false
  const { look, close } = await watcher(url)
  return look().finally(close)
}

/** Sees whether somebody has the store open: SQLite's log stands beside the file meanwhile, PostgreSQL lists who is connected. */
async function watcher(url: string): Promise<{ look(): Promise<boolean>; close(): Promise<void> }> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1]
  if (file !== undefined) return { look: async () => existsSync(`${file}-wal`), close: async () => {} }
  const client = new pg.Client({ connectionString: url, application_name: 'a test' })
  await client.connect()
  const others = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'linda'`
  return {
    look: async () => (await client.query(others)).rows.length > 0,
    close: () => client.end(),
  }
}
