// The processes of one PostgreSQL server: started, stopped, frozen and thawed, and never any process but these.

import { type ChildProcess, spawn } from 'node:child_process'
import { childrenOf, type User } from './postgres-system.ts'
import { until } from './until.ts'

export class PostgresProcess {
  #program: string
  #args: readonly string[]
  #options: { cwd: string } & Partial<User>
  #ready: () => Promise<boolean>
  #child: ChildProcess | null = null
  #printed = ''
  #frozen: number[] = []
  /** A test run that is interrupted leaves no server behind. */
  #atExit = (): void => {
    this.thaw()
    this.#child?.kill('SIGQUIT')
  }

  constructor(
    program: string,
    args: readonly string[],
    options: { cwd: string } & Partial<User>,
    ready: () => Promise<boolean>,
  ) {
    this.#program = program
    this.#args = args
    this.#options = options
    this.#ready = ready
    process.once('exit', this.#atExit)
  }

  /** Resolves when it answers; at once when it runs already. */
  async start(): Promise<void> {
    if (this.#child) return
    const child = spawn(this.#program, this.#args, { ...this.#options, stdio: ['ignore', 'ignore', 'pipe'] })
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => {
      this.#printed = (this.#printed + chunk.toString()).slice(-20_000)
    })
    child.once('error', (error) => {
      this.#printed += error.message
    })
    child.once('close', () => {
      if (this.#child === child) this.#child = null
    })
    const ready = () => {
      if (!this.#child) throw new Error(`PostgreSQL ended: ${this.#printed}`)
      return this.#ready()
    }
    await until(() => `PostgreSQL is ready; it printed: ${this.#printed}`, ready, 20_000)
  }

  /** `fast` tells the clients, `immediate` is a crash. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    this.thaw()
    const child = this.#child
    if (!child) return
    const gone = () => child.exitCode !== null || child.signalCode !== null
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    try {
      await until('PostgreSQL has ended', gone, 10_000)
    } catch {
      child.kill('SIGKILL')
      await until('PostgreSQL was killed', gone, 5_000)
    }
    this.#child = null
  }

  /** Stops every process in its tracks: connections stay open and nothing answers. */
  freeze(): void {
    const pid = this.#child?.pid
    if (!pid) throw new Error('PostgreSQL does not run')
    // The parent first, so that it makes no more children.
    signal(pid, 'SIGSTOP')
    this.#frozen = [pid, ...childrenOf(pid)]
    for (const each of this.#frozen) signal(each, 'SIGSTOP')
  }

  thaw(): void {
    for (const pid of this.#frozen.splice(0).reverse()) signal(pid, 'SIGCONT')
  }

  async close(): Promise<void> {
    await this.stop('immediate')
    process.off('exit', this.#atExit)
  }
}

/** The process may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {}
}
