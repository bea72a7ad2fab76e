// `npm run demo`: the whole story in one command; exits 0 only when every session is up and nothing was lost.

import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Mischief } from './mischief.ts'
import { readOptions } from './options.ts'
import { buildStage, type Stage } from './stage.ts'
import { failures, summarise, table } from './summary.ts'
import { Traffic } from './traffic.ts'
import { startView } from './view.ts'
import { startViewers } from './viewers.ts'

/** Nothing breaks during the last part of a bounded run, so that what is broken can mend. */
const QUIET_END_MS = 8_000
/** Longer than an account stays out after a failover: until it has been well for half a minute. */
const FINISH_WITHIN_MS = 60_000

const root = fileURLToPath(new URL('../..', import.meta.url))
const options = readOptions(process.argv.slice(2))
const startedAt = Date.now()
const interrupted = new Promise<void>((resolve) => {
  process.once('SIGINT', () => resolve())
  process.once('SIGTERM', () => resolve())
})

let stage: Stage
try {
  stage = await buildStage(root, options)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
process.stdout.write(
  `simulator ${stage.simulator.url}, agent metrics ${stage.metricsUrl}/metrics, admin ${stage.adminUrl}\n` +
    `in another terminal: set -a; . .linda/demo.env; npm run linda -- status\n\n`,
)
try {
  process.exitCode = await play(stage)
} catch (error) {
  process.stdout.write(`\nFAILED: ${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  await stage.close()
}
// Timers of viewers and correspondents may still be pending; everything that counts is over.
process.exit()

/** The whole story; answers the exit status. Rejects when one of the two processes is gone. */
async function play(stage: Stage): Promise<number> {
  for (const { phone } of stage.accounts)
    await stage.simulator.client.setPhone(phone, { scan: { kind: 'after', median_ms: 1_500, sigma: 0.4 } })
  const stopViewers = startViewers(stage)
  const traffic = new Traffic(stage)
  const mischief = new Mischief(stage, options.seed)
  const stopView = startView({ stage, traffic, mischief, startedAt }, process.stdout)
  const endAt = options.forSeconds === null ? Number.POSITIVE_INFINITY : startedAt + options.forSeconds * 1000
  try {
    const orGone = <T>(step: Promise<T>): Promise<T> => Promise.race([step, stage.gone])
    await orGone(Promise.race([allUp(stage, 60_000), interrupted]))
    if (options.faults) mischief.start()
    await orGone(Promise.race([untilTime(endAt - QUIET_END_MS), interrupted]))
    mischief.stop()
    await stage.simulator.client.endFaults()
    await orGone(Promise.race([untilTime(endAt), interrupted]))
    await orGone(traffic.finish(FINISH_WITHIN_MS))
    await orGone(allUp(stage, FINISH_WITHIN_MS))
    await orGone(settled(stage, FINISH_WITHIN_MS))
  } finally {
    stopView()
    stopViewers()
  }
  const summary = await summarise(stage, traffic, mischief.done.length)
  const why = failures(summary, await stage.stopAgent())
  process.stdout.write(
    `\n${table(summary)}\n${why.length === 0 ? 'nothing lost' : `FAILED: ${why.join('; ')}`}\n`,
  )
  return why.length === 0 ? 0 : 1
}

/** Resolves at the time; a time too far for a timer is waited for in steps. */
async function untilTime(at: number): Promise<void> {
  while (Date.now() < at) await sleep(Math.min(1_000, Math.max(1, at - Date.now())), undefined, { ref: true })
}

async function allUp({ agent }: Stage, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline) {
    const rows = await agent.connections().catch(() => [])
    if (rows.length > 0 && rows.every(({ up }) => up)) return
    await sleep(200)
  }
}

/** Waits until every message written to the accounts has its receipt. */
async function settled({ simulator }: Stage, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline && (await simulator.client.summary()).inbound.pending > 0) await sleep(200)
}
