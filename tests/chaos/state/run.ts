// Agents are killed at random moments under traffic: every session must resume without pairing, every message must be readable
// in the end, and an agent that has lost its accounts must not change a row of theirs.

import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OnProgress } from '../main.ts'
import type { ChaosOptions } from '../options.ts'
import type { Report } from '../report.ts'
import { rollCall } from './roll-call.ts'
import { openStage, type Stage } from './stage.ts'
import { damage, inboundIn } from './store.ts'
import { takeOverAlone, takeOverBeside } from './takeover.ts'
import { type Tally, verdict } from './verdict.ts'

/** On PostgreSQL every so many rounds an agent is frozen instead of killed, alone and beside its successor by turns. */
const FREEZE_EVERY = 4
/** Every so many rounds, and at the end, it is killed while nothing is on its way. */
const ROLL_CALL_EVERY = 5

/** Uniform in [0, 1), the same for the same seed and words whatever happened before. */
function draw(seed: number, words: string): number {
  return createHash('sha256').update(`${seed}/${words}`).digest().readUInt32BE(0) / 2 ** 32
}

/** Answers a report however far it came: what broke it off is a violation. Rejects where it could not even begin. */
export async function runState(options: ChaosOptions, progress: OnProgress): Promise<Report> {
  const stage = await openStage(options)
  const tally: Tally = {
    violations: [],
    kills: 0,
    takeovers: 0,
    rollCalls: 0,
    stale: 0,
    writesRefused: 0,
    loginsRefused: 0,
    inbound: null,
    whole: false,
  }
  try {
    await disturb(stage, options, tally, progress)
    tally.whole = true
  } catch (error) {
    const after = `${tally.kills} kills, ${tally.takeovers} takeovers and ${tally.rollCalls} roll calls`
    tally.violations.push(`broken off after ${after}: ${(error as Error).message}`)
    // What it left may say why.
    tally.violations.push(...(await damageLeft(stage).catch(() => [])))
  }
  try {
    return await verdict(stage, options, tally)
  } finally {
    await stage.close()
  }
}

async function damageLeft({ agents, accounts, url, postgres }: Stage): Promise<string[]> {
  for (const agent of agents) await agent.end('SIGKILL')
  const ids = accounts.map(({ id }) => id)
  return (await damage(url, ids, postgres)).map((said) => `integrity: ${said}`)
}

async function disturb(
  stage: Stage,
  { runs, seed }: ChaosOptions,
  tally: Tally,
  progress: OnProgress,
): Promise<void> {
  const { talk, accounts, url, postgres } = stage
  let agent = await stage.start('agent-0')
  await stage.allUp(agent)
  const callTheRoll = async (name: string): Promise<void> => {
    const { agent: next, missing } = await rollCall(stage, agent, name)
    agent = next
    tally.rollCalls += 1
    tally.violations.push(...missing)
  }
  const takeOver = async (round: number): Promise<void> => {
    const alone = (round / FREEZE_EVERY) % 2 === 1
    const taken = await (alone ? takeOverAlone : takeOverBeside)(stage, agent, round)
    agent = taken.agent
    tally.takeovers += 1
    tally.stale += taken.stale.length
    if (taken.stale.length > 0)
      tally.violations.push(
        `round ${round}: an agent that had lost the accounts wrote ${taken.stale.length} rows: ${taken.stale.slice(0, 5)}`,
      )
    if (taken.untried.length > 0)
      tally.violations.push(
        `round ${round} proves nothing: the thawed agent tried nothing for ${taken.untried}`,
      )
    tally.writesRefused += taken.writesRefused
    tally.loginsRefused += taken.loginsRefused
  }
  for (let round = 1; round <= runs; round++) {
    // Some die while they still connect.
    const early = draw(seed, `early ${round}`) < 0.25
    if (!early) await sleep(100 + 1_900 * draw(seed, `moment ${round}`))
    if (postgres && round % FREEZE_EVERY === 0) await takeOver(round)
    else if (round % ROLL_CALL_EVERY === 0) {
      await callTheRoll(`roll-${round}`)
      talk.resume()
    } else {
      await agent.end('SIGKILL')
      tally.kills += 1
      agent = await stage.start(`agent-${round}`)
      if (early) await sleep(600 * draw(seed, `connecting ${round}`))
      else await stage.allUp(agent)
    }
    progress(round, `${talk.acked.size} acknowledged, ${talk.written} written to us`)
  }
  await callTheRoll(`roll-${runs + 1}`)
  talk.end()
  await agent.end('SIGTERM')
  tally.inbound = await inboundIn(url)
  const ids = accounts.map(({ id }) => id)
  tally.violations.push(...(await damage(url, ids, postgres)).map((said) => `at the end, integrity: ${said}`))
}
