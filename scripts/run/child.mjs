// The child is what the user meant to start: signals reach it once, and its end becomes our end.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter } from 'node:path'

/** Runs `file` under `node` with `bin` first on the PATH, and ends this process as the child ends. */
export function run(node, file, args, bin) {
  const PATH = `${bin}${delimiter}${process.env.PATH ?? ''}`
  const child = spawn(node, [file, ...args], { stdio: 'inherit', env: { ...process.env, PATH } })
  const sent = new Set()
  // A terminal sends these to the whole foreground group, so the child has them already. A second one often means "at once".
  const fromTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGHUP'] : []
  const forward = (signal) => {
    if (sent.has(signal) || fromTerminal.includes(signal)) return
    sent.add(signal)
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  child.on('error', (error) => {
    console.error(`linda: cannot run ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const handled of signals) process.off(handled, forward)
    process.exitCode = 128 + constants.signals[signal]
    process.kill(process.pid, signal)
  })
}
