// The two processes of the demo and the files they need: a fresh folder each time, and nothing left running.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { addToken, mintToken } from '../../agent/admin/tokens.ts'
import { createKey } from '../../agent/cli/keys.ts'
import { type SimulatorClient, type SpawnedSimulator, spawnSimulator } from '../simulator/index.ts'
import { AgentClient } from './agent-client.ts'
import type { DemoOptions } from './options.ts'

export interface DemoAccount {
  id: string
  phone: string
}

/** Whom the story is played with, wherever they run. */
export interface Cast {
  simulator: { client: SimulatorClient }
  agent: AgentClient
  accounts: readonly DemoAccount[]
}

export interface Stage extends Cast {
  simulator: SpawnedSimulator
  accounts: DemoAccount[]
  metricsUrl: string
  adminUrl: string
  logFile: string
  /** Rejects, saying which, when one of the two processes ends before it is told to. */
  gone: Promise<never>
  /** Stops the agent as an operator would; answers its exit status, null when it had to be killed. */
  stopAgent(): Promise<number | null>
  close(): Promise<void>
}

const regions = ['uae', 'eu', 'us'] as const

export async function buildStage(root: string, options: DemoOptions): Promise<Stage> {
  removeOld(join(root, '.linda'))
  // A folder of its own: two demos may run in one checkout.
  const folder = join(root, '.linda', `demo-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const simulator = await spawnSimulator({
    port: 0,
    controlPort: 0,
    seed: options.seed,
    state: join(folder, 'simulator'),
  })
  const accounts = Array.from({ length: options.accounts }, (_, i) => ({
    id: `${regions[i % regions.length]}-${Math.floor(i / regions.length) + 1}`,
    phone: `+97150${String(5760000 + i)}`,
  }))
  const files = await writeFiles(folder, simulator, accounts, options)
  const logFile = join(folder, 'agent.log')
  const log = openSync(logFile, 'w')
  const child = spawn(process.execPath, [join(root, 'agent/main.ts'), 'run', '--config', files.config], {
    cwd: root,
    stdio: ['ignore', log, log],
    // Ctrl-C is for the demo, which stops the agent in order; a group of its own keeps the key from reaching both.
    detached: true,
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const stopAgent = (): Promise<number | null> => stop(child)
  try {
    const { metricsUrl, adminUrl } = await waitForListeners(child, logFile)
    const agent = new AgentClient(adminUrl, metricsUrl, files.token)
    writeFileSync(
      join(root, '.linda', 'demo.env'),
      `LINDA_URL='${adminUrl}'\nLINDA_TOKEN_FILE='${files.tokenFile}'\n`,
    )
    const close = async (): Promise<void> => {
      await stopAgent()
      await simulator.kill('SIGTERM')
    }
    const gone = watchProcesses(child, simulator, logFile)
    return { simulator, agent, accounts, metricsUrl, adminUrl, logFile, gone, stopAgent, close }
  } catch (error) {
    child.kill('SIGKILL')
    await simulator.kill('SIGTERM')
    throw error
  }
}

async function writeFiles(
  folder: string,
  simulator: SpawnedSimulator,
  accounts: DemoAccount[],
  options: DemoOptions,
) {
  const [config, tokens, key, tokenFile] = ['linda.yaml', 'tokens.yaml', 'master.key', 'token'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  const { token, entry } = await mintToken('demo', 'admin')
  addToken(tokens, entry)
  writeFileSync(tokenFile, token, { mode: 0o600 })
  createKey(key, { out: () => {}, err: () => {}, screen: false, env: {}, cwd: folder })
  const port = (n: number): number => (options.fixedPorts ? n : 0)
  writeFileSync(
    config,
    stringify({
      node: { id: 'demo-1' },
      // Shorter times than in production, so that half a minute shows a whole story.
      whatsapp: {
        url: simulator.url,
        root_key: simulator.rootKey,
        certificate: 'strict',
        probe_interval: '5s',
        reconnect: { base: '500ms', cap: '5s', stable_after: '10s' },
      },
      // A stall may be long enough for a failover: what names the account waits until it is back, and the demo waits for that.
      failover: { damping: { base: '3s', cap: '10s' } },
      store: { url: `sqlite:${join(folder, 'linda.db')}`, master_key_file: key },
      metrics: { listen: `0.0.0.0:${port(9464)}` },
      admin: { listen: `127.0.0.1:${port(8420)}`, tokens_file: tokens },
      accounts: accounts.map(({ id, phone }, i) => ({
        id,
        phone,
        role: i === 0 ? 'primary' : 'backup',
        region: id.split('-')[0],
      })),
      ...options.sections,
    }),
  )
  return { config, token, tokenFile }
}

/** Removes what demos left that no longer run. */
function removeOld(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = Number(/^demo-(\d+)$/.exec(name)?.[1] ?? 0)
    if (pid === 0) continue
    try {
      process.kill(pid, 0)
    } catch {
      rmSync(join(folder, name), { recursive: true, force: true })
    }
  }
}

/** A process that ends early ends the demo, at once and with its name. */
function watchProcesses(agent: ChildProcess, simulator: SpawnedSimulator, logFile: string): Promise<never> {
  const gone = new Promise<never>((_, reject) => {
    agent.once('exit', (status, signal) =>
      reject(new Error(`the agent is gone (${signal ?? `status ${status}`}); its log is ${logFile}`)),
    )
    const timer = setInterval(() => {
      try {
        process.kill(simulator.pid, 0)
      } catch {
        clearInterval(timer)
        reject(new Error('the simulator is gone'))
      }
    }, 500)
    timer.unref()
  })
  gone.catch(() => {}) // an end that was asked for is nobody's business
  return gone
}

/** The agent says where it listens in its log; anything else it says before it ends is the error. */
async function waitForListeners(
  child: ChildProcess,
  logFile: string,
): Promise<{ metricsUrl: string; adminUrl: string }> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    for (const line of readFileSync(logFile, 'utf8').split('\n')) {
      if (!line.includes('"listening"')) continue
      const { metrics_url, admin_url } = JSON.parse(line) as { metrics_url: string; admin_url: string }
      return { metricsUrl: metrics_url, adminUrl: admin_url }
    }
    if (child.exitCode !== null)
      throw new Error(`the agent did not start: ${readFileSync(logFile, 'utf8').trim()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`the agent did not start within 20 s; see ${logFile}`)
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const ended = new Promise<number | null>((resolve) => child.once('exit', (status) => resolve(status)))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  const status = await ended
  clearTimeout(killer)
  return status
}
