// Puts the parts together and owns their life: what startSimulator opened, close() closes, and nothing is left running.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SimulatorClient } from './client.ts'
import { serveControl } from './control/serve.ts'
import { Faults } from './faults/faults.ts'
import { runSchedule } from './faults/schedule.ts'
import { Ledger } from './ledger/ledger.ts'
import { Phones } from './people/phones.ts'
import { Signal } from './people/signal.ts'
import { arrivals } from './protocol/arrivals.ts'
import { Hub } from './protocol/hub.ts'
import { PairingDesk } from './protocol/pairing.ts'
import { Accounts } from './state/accounts.ts'
import { Database } from './state/database.ts'
import { fromJson, toJson } from './state/json.ts'
import { People } from './state/people.ts'
import { Queue } from './state/queue.ts'
import type { Ready, SimulatorOptions } from './types.ts'
import { certificateChain, newServerKeys, type ServerKeys } from './wire/certificate.ts'
import { privateKey } from './wire/curve.ts'
import { Listener } from './wire/listener.ts'
import type { World } from './world.ts'

export type Simulator = Ready & { client: SimulatorClient; close(): Promise<void> }

/** Where the WhatsApp wire listens; the loopback address where it is left out. The control API is always on loopback. */
export type Reach = { host?: string }

export async function startSimulator(options: SimulatorOptions & Reach = {}): Promise<Simulator> {
  const directory = options.state ?? mkdtempSync(join(tmpdir(), 'simulator-'))
  mkdirSync(directory, { recursive: true })
  const closers: (() => void | Promise<void>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
    if (options.state === undefined) rmSync(directory, { recursive: true, force: true })
  }
  try {
    return { ...(await open(directory, options, closers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(
  directory: string,
  options: SimulatorOptions & Reach,
  closers: (() => void | Promise<void>)[],
): Promise<Omit<Simulator, 'close'>> {
  const seed = options.seed ?? 1
  const db = new Database(join(directory, 'simulator.db'))
  closers.push(() => db.close())
  const serverKeys = db.setting<ServerKeys>('server keys', newServerKeys, toJson, fromJson)
  const ledger = new Ledger(join(directory, 'ledger.jsonl'))
  closers.push(() => ledger.close())
  ledger.add({ kind: 'started', pid: process.pid, seed })
  const world = build(db, ledger, options, seed)
  const phones = new Phones(world)
  const identity = {
    pair: serverKeys.noise,
    secret: privateKey(serverKeys.noise.private),
    certificate: certificateChain(serverKeys),
  }
  const listener = new Listener(
    options.host ?? '127.0.0.1',
    () => world.faults.use('http', { account: null, stage: 'handshake' })?.status,
    arrivals(world, identity),
  )
  await listener.open(options.port ?? 0)
  closers.push(() => {
    listener.close()
    for (const connection of world.hub.all) connection.terminate('shutdown', 'the simulator stops')
    return whenEmpty(world.hub.all).then(() => {
      world.hub.stop()
      phones.stop()
      world.faults.stop()
      ledger.add({ kind: 'stopped' })
    })
  })
  const ready = {
    url: `ws://127.0.0.1:${listener.port}/ws/chat`,
    rootKey: serverKeys.root.public.toString('hex'),
  }
  const control = await serveControl({ world, phones, listener, ready }, options.controlPort ?? 0)
  closers.push(() => control.close())
  closers.push(runSchedule(world, listener, options.schedule ?? []))
  return { ...ready, controlUrl: control.url, client: new SimulatorClient(control.url) }
}

function build(db: Database, ledger: Ledger, options: SimulatorOptions, seed: number): World {
  const people = new People(db)
  const queue = new Queue(db)
  const faults = new Faults(ledger)
  return {
    seed,
    refFirstMs: options.refFirstMs ?? 60_000,
    refNextMs: options.refNextMs ?? 20_000,
    refGraceMs: options.refGraceMs ?? 1000,
    db,
    ledger,
    people,
    accounts: new Accounts(db),
    queue,
    signal: new Signal(db, people),
    faults,
    hub: new Hub(queue, ledger, (connection) => faults.use('deaf', connection) !== undefined),
    pairing: new PairingDesk(),
  }
}

async function whenEmpty(connections: Set<unknown>): Promise<void> {
  const deadline = Date.now() + 2000
  while (connections.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
}
