// `linda backtest` replays a trace of scan times through the pairing policies and says what each would have cost.

import { resolve } from 'node:path'
import { pairing } from '../config/sections/pairing.ts'
import { allowedNames, type Contender, contender, standard } from '../pairing/backtest/contenders.ts'
import { shortened } from '../pairing/backtest/line.ts'
import { replay } from '../pairing/backtest/replay.ts'
import type { Trace } from '../pairing/backtest/trace.ts'
import { whoIsJudged } from '../pairing/backtest/true-p95.ts'
import { BacktestError, readTrace } from './backtest/read-trace.ts'
import { asJson, asTable } from './backtest/report.ts'
import type { CommandIo } from './io.ts'
import { progressBar } from './progress.ts'

export interface BacktestOptions {
  trace: string
  /** Those that the table shows; all the standard ones when undefined. */
  policy?: string[] | undefined
  /** Only this account's people. */
  account?: string | undefined
  json: boolean
  /** Somebody watches stderr. */
  watched: boolean
}

/** A shorter trace is done before anybody wonders. */
const longTrace = 5_000

/**
 * Answers the exit status: 0 with the report, 2 when the trace or an option is no good, and then nothing is printed but why.
 * The settings are the defaults of the configuration, so that two people see the same figures for the same trace.
 */
export async function backtest(options: BacktestOptions, io: CommandIo): Promise<number> {
  try {
    const asked = options.policy ?? [...standard]
    const named = chosen([...standard, ...asked.filter((name) => !isStandard(name))])
    const trace = await readTrace(options.trace, resolve(io.cwd, options.trace), options.account)
    const shown = options.json ? named : named.filter(({ name }) => asked.includes(name))
    const outcomes = replayAll(trace, shown, options.watched ? io.err : null)
    io.out((options.json ? asJson : asTable)(outcomes, defaults.policy))
    return 0
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error
    io.err(`${error.message}\n`)
    return 2
  }
}

const defaults = pairing.parse({})

function replayAll(trace: Trace, contenders: readonly Contender[], watch: ((text: string) => void) | null) {
  const bar = progressBar(trace.length < longTrace ? null : watch, trace.length * contenders.length)
  const judged = whoIsJudged(trace.people())
  const { regenerations } = defaults
  const outcomes = contenders.map((one) =>
    replay(trace.people(), one, { regenerations, judged, onPerson: () => bar.step(one.name) }),
  )
  bar.end()
  return outcomes
}

function chosen(names: readonly string[]): Contender[] {
  return [...new Set(names)].map((name) => {
    const found = contender(name, defaults)
    if (!found)
      throw new BacktestError(`--policy: found ${shortened(name) || 'nothing'}, allowed: ${allowedNames}`)
    return found
  })
}

function isStandard(name: string): boolean {
  return (standard as readonly string[]).includes(name)
}
