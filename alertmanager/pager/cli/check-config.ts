// `linda-pager check-config FILE` says whether the pager would start with the file, its secrets included, and if not, everything that is wrong.

import type { CommandIo } from '../../../agent/cli/io.ts'
import { ConfigError } from '../../../agent/config/problems.ts'
import { loadPagerConfig, pagerFile } from '../config/load.ts'
import { readSecrets } from '../config/secrets.ts'

/** Answers the exit status: 0 when the file is good, 2 when it is not. */
export function checkConfig(path: string | undefined, io: CommandIo): number {
  const { file } = pagerFile({ path, env: io.env })
  try {
    const config = loadPagerConfig({ path, env: io.env, cwd: io.cwd })
    readSecrets(config, io.cwd, file)
    const { recipients, receivers } = config
    const count = (group: object, noun: string): string => {
      const n = Object.keys(group).length
      return `${n} ${noun}${n === 1 ? '' : 's'}`
    }
    io.out(`${file}: ok, ${count(receivers, 'receiver')}, ${count(recipients, 'recipient')}\n`)
    if (config.callbacks.publicUrl === null)
      io.out(`${file}: note: without callbacks.public_url nobody can acknowledge by link, key or reply\n`)
    return 0
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    io.err(`${error.message}\n`)
    return 2
  }
}
