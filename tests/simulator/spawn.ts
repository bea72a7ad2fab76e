// Runs the simulator as a process of its own, which can be killed in any way and started again on the same ports and state.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { SimulatorClient } from './client.ts'
import type { Ready, SimulatorOptions } from './types.ts'

export type SpawnedSimulator = Ready & {
  readonly client: SimulatorClient
  readonly pid: number
  /** Resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Same ports, same state; kill it first. */
  restart(): Promise<void>
  /** Stops it and removes what is temporary. */
  close(): Promise<void>
}

const main = join(import.meta.dirname, 'main.ts')
const readyWithinMs = 20_000

export async function spawnSimulator(options: SimulatorOptions = {}): Promise<SpawnedSimulator> {
  const temporary = mkdtempSync(join(tmpdir(), 'simulator-'))
  const state = options.state ?? join(temporary, 'state')
  const schedule = join(temporary, 'schedule.json')
  if (options.schedule) writeFileSync(schedule, JSON.stringify(options.schedule))
  const begin = (port: number, controlPort: number) =>
    launch([
      ...['--port', String(port), '--control-port', String(controlPort), '--state', state],
      ...['--seed', String(options.seed ?? 1)],
      ...(options.schedule ? ['--schedule', schedule] : []),
      ...(options.refFirstMs === undefined ? [] : ['--ref-first-ms', String(options.refFirstMs)]),
      ...(options.refNextMs === undefined ? [] : ['--ref-next-ms', String(options.refNextMs)]),
      ...(options.refGraceMs === undefined ? [] : ['--ref-grace-ms', String(options.refGraceMs)]),
    ])
  let { child, ready } = await begin(options.port ?? 0, options.controlPort ?? 0)
  const kill = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return {
    ...ready,
    client: new SimulatorClient(ready.controlUrl),
    get pid() {
      return child.pid ?? 0
    },
    kill,
    async restart() {
      await kill('SIGKILL')
      ;({ child, ready } = await begin(
        Number(new URL(ready.url).port),
        Number(new URL(ready.controlUrl).port),
      ))
    },
    async close() {
      await kill()
      rmSync(temporary, { recursive: true, force: true })
    },
  }
}

async function launch(args: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // In a group of its own, so that Ctrl-C reaches only the program that started it, which then ends it.
    detached: true,
  })
  child.channel?.unref()
  const lines = createInterface({ input: child.stdout as Readable })
  const outcome = await Promise.race([
    once(lines, 'line').then(([line]) => JSON.parse(line as string) as Ready),
    once(child, 'exit').then(([code]) => new Error(`the simulator exited with ${code} before it was ready`)),
    new Promise<Error>((resolve) => {
      setTimeout(
        () => resolve(new Error(`the simulator was not ready within ${readyWithinMs} ms`)),
        readyWithinMs,
      ).unref()
    }),
  ])
  if (!(outcome instanceof Error)) return { child, ready: outcome }
  child.kill('SIGKILL')
  throw outcome
}
