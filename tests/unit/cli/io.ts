// What a command wrote, and the environment it saw.

import type { CheckConfigIo } from '../../../agent/cli/check-config.ts'

export function terminal(env: Record<string, string> = {}) {
  const said = { out: '', err: '' }
  const io: CheckConfigIo = {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    env,
    cwd: process.cwd(),
  }
  return { io, said }
}
