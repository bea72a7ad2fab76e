// A simulator in its own process and a real agent in this one: accounts paired or not, free ports, temporary files, nothing left behind.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BufferJSON } from '@whiskeysockets/baileys'
import { stringify } from 'yaml'
import { addToken, mintToken } from '../../agent/admin/tokens.ts'
import { type RunningAgent, startAgent } from '../../agent/agent.ts'
import { loadConfig } from '../../agent/config/load.ts'
import { buildContext, type Context, type Overrides } from '../../agent/context.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { loadAuth } from '../../agent/session/auth-state.ts'
import type { SessionSettings } from '../../agent/session/parts.ts'
import {
  type NewAccount,
  type SimulatorOptions,
  type SpawnedSimulator,
  spawnSimulator,
} from '../simulator/index.ts'
import { holdToContract } from './contract.ts'
import { Recorder } from './recorder.ts'
import { until } from './until.ts'

export interface SceneOptions {
  /** Accounts that are linked already; their ids are p1, p2, ... */
  paired?: number
  /** Accounts that nobody has linked yet; their ids are n1, n2, ... */
  unpaired?: number
  settings?: Partial<SessionSettings>
  simulator?: SimulatorOptions
  /** Merged into the configuration, section by section. */
  config?: Record<string, Record<string, unknown>>
  overrides?: Overrides
  /** Entries of `webhooks`; their secret is `webhookSecret` where they name no file. */
  webhooks?: Record<string, unknown>[]
}

export interface Scene {
  simulator: SpawnedSimulator
  agent: RunningAgent
  context: Context
  events: Recorder
  /** Phone by account id. */
  phones: Map<string, string>
  token: string
  directory: string
  /** Asks the admin API with the scene's token. */
  ask(path: string, init?: RequestInit): Promise<Response>
  allUp(withinMs?: number): Promise<void>
  close(): Promise<void>
}

/** Of every webhook of a scene. */
export const webhookSecret = 'the-secret-of-the-scene'

/** Short times, so that a test sees in seconds what takes minutes in production. */
export const quick: Partial<SessionSettings> = {
  connectTimeoutMs: 3_000,
  queryTimeoutMs: 3_000,
  backoff: { baseMs: 100, capMs: 1_000 },
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-scene-'))
  const simulator = await spawnSimulator(options.simulator)
  try {
    const linked = options.paired ? await simulator.client.createAccounts({ count: options.paired }) : []
    const phones = new Map<string, string>()
    for (const [i, { phone }] of linked.entries()) phones.set(`p${i + 1}`, e164(phone))
    for (let i = 1; i <= (options.unpaired ?? 0); i++) phones.set(`n${i}`, `+97155${5000000 + i}`)
    const { token, entry } = await mintToken('test', 'admin')
    addToken(join(directory, 'tokens.yaml'), entry)
    const file = join(directory, 'linda.yaml')
    writeFileSync(file, stringify(configOf(directory, simulator, phones, options)))
    const config = loadConfig({
      path: file,
      env: { LINDA_MASTER_KEY: randomBytes(32).toString('hex') },
      cwd: directory,
    })
    const context = await buildContext(config, {
      logTo: { write: () => {} },
      ...options.overrides,
      settings: { ...quick, ...options.settings },
    })
    await seed(context, linked)
    const events = new Recorder(context.bus)
    const agent = await startAgent(context, (error) => {
      throw error
    })
    const close = async (): Promise<void> => {
      await agent.stop('test')
      await simulator.close()
      rmSync(directory, { recursive: true, force: true })
    }
    const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
      const headers = { ...init.headers, authorization: `Bearer ${token}` }
      const answer = await fetch(agent.adminUrl + path, { ...init, headers })
      return holdToContract(init.method ?? 'GET', path, answer)
    }
    const allUp = async (withinMs = 15_000): Promise<void> => {
      const down = () => context.fleet.accounts().filter(({ up }) => !up)
      const what = () => `${down().length} sessions up: ${down().map(({ id, state }) => `${id} is ${state}`)}`
      await until(what, () => down().length === 0, withinMs)
    }
    return { simulator, agent, context, events, phones, token, directory, ask, allUp, close }
  } catch (error) {
    await simulator.close()
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

function e164(phone: string): string {
  return phone.startsWith('+') ? phone : `+${phone}`
}

function configOf(
  directory: string,
  simulator: SpawnedSimulator,
  phones: Map<string, string>,
  { config = {}, webhooks = [] }: SceneOptions,
): Record<string, unknown> {
  const sections: Record<string, Record<string, unknown>> = {
    node: { id: 'test-1' },
    whatsapp: { url: simulator.url, root_key: simulator.rootKey, certificate: 'strict' },
    store: { url: `sqlite:${join(directory, 'linda.db')}` },
    metrics: { listen: '127.0.0.1:0' },
    admin: { listen: '127.0.0.1:0', tokens_file: join(directory, 'tokens.yaml') },
  }
  for (const [section, keys] of Object.entries(config)) sections[section] = { ...sections[section], ...keys }
  const secret_file = join(directory, 'webhook.secret')
  writeFileSync(secret_file, webhookSecret)
  return {
    ...sections,
    accounts: [...phones].map(([id, phone]) => ({ id, phone })),
    webhooks: webhooks.map((webhook) => ({ secret_file, ...webhook })),
  }
}

/** Puts the credentials of linked accounts into the store, as an earlier run of the agent would have left them. */
async function seed({ sql, cipher, bus }: Context, linked: readonly NewAccount[]): Promise<void> {
  for (const [i, { creds, keys }] of linked.entries()) {
    const revive = <T>(value: unknown): T => JSON.parse(JSON.stringify(value), BufferJSON.reviver) as T
    const account = `p${i + 1}`
    const epoch = await takeOwnership(sql, account, 'an earlier run')
    const auth = await loadAuth({ sql, cipher, bus, account, epoch })
    auth.creds = revive(creds)
    await auth.keys.set(revive(keys))
    auth.saveCreds()
    await auth.flush()
  }
}
