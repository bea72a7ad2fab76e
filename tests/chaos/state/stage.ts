// What a chaos run plays on: a simulator, a store, linked accounts under traffic, and the agents that come and go.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeConfig } from '../../harness/agent-process.ts'
import { type PostgresServer, startPostgres } from '../../harness/postgres.ts'
import { type NewAccount, type SpawnedSimulator, spawnSimulator } from '../../simulator/index.ts'
import type { ChaosOptions } from '../options.ts'
import { ChaosAgent } from './agents.ts'
import { Correspondence } from './correspondence.ts'
import { seedStore } from './store.ts'

/** How long sessions may take to come back after a kill, connects of all accounts included. */
const UP_WITHIN_MS = 60_000

export interface ChaosAccount {
  id: string
  /** E.164 */
  phone: string
  linked: NewAccount
}

export interface Stage {
  simulator: SpawnedSimulator
  postgres: PostgresServer | null
  /** Of the store. */
  url: string
  accounts: ChaosAccount[]
  talk: Correspondence
  /** All that ever ran, the oldest first. */
  agents: ChaosAgent[]
  /** Resolves when it listens; the correspondence goes through it from then on. */
  start(name: string): Promise<ChaosAgent>
  allUp(agent: ChaosAgent): Promise<void>
  close(): Promise<void>
}

export async function openStage({ seed, driver, accounts: count }: ChaosOptions): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-chaos-'))
  const agents: ChaosAgent[] = []
  let simulator: SpawnedSimulator | undefined
  let postgres: PostgresServer | null = null
  const close = async (): Promise<void> => {
    for (const { child } of agents) child.kill('SIGKILL')
    await simulator?.close()
    await postgres?.close()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    simulator = await spawnSimulator({ seed })
    if (driver === 'postgres') postgres = await startPostgres()
    const linked = await simulator.client.createAccounts({ count })
    const accounts = linked.map((account, i) => ({
      id: `c-${i + 1}`,
      phone: account.phone.startsWith('+') ? account.phone : `+${account.phone}`,
      linked: account,
    }))
    const url = postgres ? await postgres.createDatabase() : `sqlite:${join(directory, 'linda.db')}`
    const { url: server, rootKey } = simulator
    const whatsapp = {
      url: server,
      root_key: rootKey,
      certificate: 'strict',
      reconnect: { base: '200ms', cap: '2s' },
    }
    const sections = { whatsapp, store: { url }, telemetry: { log_level: 'debug' } }
    const listed = accounts.map(({ id, phone }) => ({ id, phone }))
    const token = await writeConfig(directory, sections, listed)
    await seedStore(url, accounts)
    const talk = new Correspondence(simulator, accounts, token)
    const start = async (name: string): Promise<ChaosAgent> => {
      const agent = new ChaosAgent(directory, name)
      agents.push(agent)
      talk.adminUrl = await agent.listening()
      return agent
    }
    const allUp = (agent: ChaosAgent): Promise<void> => agent.allUp(accounts.length, UP_WITHIN_MS)
    return { simulator, postgres, url, accounts, talk, agents, start, allUp, close }
  } catch (error) {
    await close()
    throw error
  }
}
