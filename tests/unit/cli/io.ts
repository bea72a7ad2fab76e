// What a command wrote, and the environment it saw.

import type { CommandIo } from '../../../agent/cli/io.ts'

export function terminal(env: Record<string, string> = {}) {
  const said = { out: '', err: '' }
  const io: CommandIo = {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    screen: false,
    env,
    cwd: process.cwd(),
  }
  return { io, said }
}
