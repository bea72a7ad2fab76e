// `linda check-config FILE` says whether the agent would start with the file, and if not, everything that is wrong.

import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { unusedSettings } from '../config/unused.ts'
import type { CommandIo } from './io.ts'

/**
 * Answers the exit status: 0 when the file is good, 2 when it is not. The environment counts, as it does when the agent
 * starts. Without a file it checks the one that the agent would take.
 */
export function checkConfig(file: string | undefined, io: CommandIo, json = false): number {
  const name = file ?? (io.env.LINDA_CONFIG || 'linda.yaml')
  try {
    const config = loadConfig({ path: file, env: io.env, cwd: io.cwd })
    const { accounts, pools } = config
    if (json) {
      const counts = { accounts: accounts.length, pools: pools.length }
      io.out(asJson({ file: name, ok: true, ...counts, notes: unusedSettings(config), problems: [] }))
      return 0
    }
    io.out(`${name}: ok, ${count(accounts.length, 'account')} in ${count(pools.length, 'pool')}\n`)
    for (const note of unusedSettings(config)) io.out(`${name}: note: ${note}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (json) io.out(asJson({ file: name, ok: false, notes: [], problems: error.problems }))
    else io.err(`${error.message}\n`)
    return 2
  }
}

function asJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
