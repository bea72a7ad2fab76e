// `linda COMMAND`: puts the command line together and hands on; exit status 0 is good, 1 is a failure, 2 is a mistake of the caller.

import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import type { CommandIo } from './cli/io.ts'
import { makeProgram } from './cli/program.ts'

const io: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  screen: process.stdout.isTTY === true,
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  env: process.env,
  cwd: process.cwd(),
}

// Who reads only the beginning, as `linda audit | head` does, has what they wanted. The agent's own log is another matter.
if (process.argv[2] !== 'run')
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = makeProgram({
  io,
  finish,
  version,
  run: async (config, to) => (await import('./run.ts')).run(config, to),
})

/** Lets pending output leave before the process ends. */
function finish(status: number): void {
  process.exitCode = status
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) finish(error.exitCode === 0 ? 0 : 2)
  else {
    const { statusOfMistake } = await import('./cli/mistakes.ts')
    const status = statusOfMistake(error)
    if (status === null) throw error
    io.err(`${(error as Error).message}\n`)
    finish(status)
    // A store that was being opened may still hold a timer.
    setImmediate(() => process.exit())
  }
}
