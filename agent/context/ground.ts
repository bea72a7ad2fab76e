// What everything stands on: log, instruments, bus, store, cipher and history, opened in this order and closed again where one fails.

import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import { Bus } from '../events.ts'
import { applyAccounts } from '../fleet/registry.ts'
import { openHistory } from '../history/open.ts'
import type { History } from '../history/port.ts'
import { type Cipher, envelopeCipher, plainCipher } from '../store/cipher.ts'
import { proveMasterKey, proveMode } from '../store/data-keys.ts'
import { masterKeyOf } from '../store/master-key.ts'
import { migrate } from '../store/migrations.ts'
import { openStore } from '../store/open.ts'
import type { Sql } from '../store/sql.ts'
import { Instruments } from '../telemetry/instruments.ts'
import { createLogger, logEvents } from '../telemetry/logging.ts'
import { recordEvents } from '../telemetry/record.ts'
import { openTarget, type Target } from '../webhooks/target.ts'
import type { Overrides } from './overrides.ts'

export interface Ground {
  config: Config
  overrides: Overrides
  log: Logger
  instruments: Instruments
  bus: Bus
  sql: Sql
  cipher: Cipher
  history: History
  targets: Target[]
  /** Uniform in [0, 1). */
  random(): number
}

/** Throws StoreError, and HistoryError or WebhookError for a mistake in the configuration. */
export async function openGround(config: Config, overrides: Overrides): Promise<Ground> {
  const log = createLogger(config.telemetry.logLevel, overrides.logTo)
  const instruments = new Instruments('openmetrics')
  const bus = new Bus(config.node.id, (error, event) => {
    instruments.counter('subscriberErrors').inc()
    log.error({ err: error, event: event.type }, 'a subscriber could not take an event')
  })
  recordEvents(bus, instruments)
  logEvents(bus, log)
  // Before the store is touched: without its key there is nothing to open.
  const master = config.store.encryption === 'on' ? masterKeyOf(config.store) : null
  const targets = config.webhooks.map(openTarget)
  const sql = await openStore(config.store.url, bus)
  try {
    await migrate(sql)
    const cipher = await makeCipher(config.store.encryption, master, sql)
    await applyAccounts(sql, bus, config.node.id, config.accounts)
    const history = openHistory(config.history, sql, bus)
    const random = overrides.random ?? Math.random
    return { config, overrides, log, instruments, bus, sql, cipher, history, targets, random }
  } catch (error) {
    await sql.close()
    throw error
  }
}

/** Rejects with StoreError when the store was written with another key or under another mode. */
async function makeCipher(encryption: 'on' | 'off', master: Uint8Array | null, sql: Sql): Promise<Cipher> {
  await proveMode(sql, encryption)
  if (master === null) return plainCipher
  await proveMasterKey(sql, master)
  return envelopeCipher(sql, master)
}

/** A store that answers and cannot write (a full disk) is no store: the question is a write. */
export async function storeMissing(sql: Sql): Promise<string[]> {
  try {
    await sql.query('UPDATE schema_version SET version = version')
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
