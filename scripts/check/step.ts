// A step of `npm test`: a name, how it went, and what to show when it went badly.

import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Result {
  ok: boolean
  /** Shown when the step failed. */
  output?: string
  /** What could not be checked here, one sentence each, with the way to change that. */
  skipped?: readonly string[]
}

export interface Step {
  name: string
  run(): Promise<Result>
}

/** Runs a command and keeps what it says. A command that does not exist has status 127. */
export function capture(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk
      })
    child.on('error', (error) => resolve({ status: 127, output: error.message }))
    child.on('close', (code) => resolve({ status: code ?? 1, output: output.trim() }))
  })
}

/** A step that runs an installed command and is good when it ends with status 0. */
export function tool(name: string, command: string, args: readonly string[]): Step {
  return {
    name,
    async run() {
      const { status, output } = await capture(join(root, 'node_modules/.bin', command), args)
      return { ok: status === 0, output }
    },
  }
}

/** Runs a step under a line that says its name, how it went and how long it took. */
export async function perform(step: Step): Promise<Result> {
  const began = performance.now()
  process.stdout.write(step.name.padEnd(20))
  const result = await step
    .run()
    .catch((error: Error): Result => ({ ok: false, output: error.stack ?? error.message }))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const word = result.ok ? (result.skipped?.length ? 'ok, not all' : 'ok') : 'failed'
  console.log(`${word.padEnd(12)}${seconds.padStart(7)} s`)
  if (!result.ok && result.output) console.log(`\n${result.output}\n`)
  return result
}
