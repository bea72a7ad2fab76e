// A fleet on a scripted server, with its credentials and epochs in a real store; the accounts are paired.

import { onTestFinished } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { type Account, Fleet, type FleetParts } from '../../../agent/fleet/fleet.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { loadAuth } from '../../../agent/session/auth-state.ts'
import { plainCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'
import { type Heard, hear } from '../events/heard.ts'
import { ScriptedServer, settings } from '../session/scripted-socket.ts'

export const account = (n: number): Account => ({
  id: `uae-${n}`,
  phone: `+97150000000${n}`,
  pool: 'sales',
  role: n === 1 ? 'primary' : 'backup',
  priority: 1,
  weight: 1,
  region: 'uae',
})

export interface FleetStage extends Heard {
  fleet: Fleet
  server: ScriptedServer
  sql: Sql
}

export async function fleetStage(parts: Partial<FleetParts> = {}): Promise<FleetStage> {
  const heard = hear()
  const server = new ScriptedServer()
  const sql = openSqlite(':memory:', new Bus('store'))
  await migrate(sql)
  const fleet = new Fleet({
    bus: heard.bus,
    connectConcurrency: 2,
    settings,
    openSocket: server.open,
    loadAuth: (account, epoch) => loadAuth({ sql, cipher: plainCipher, bus: heard.bus, account, epoch }),
    own: (id) => takeOwnership(sql, id, 'node-1'),
    pairingWindow: () => ({ windowMs: 120_000, source: 'base' }),
    onInbound: () => {},
    random: () => 0.5,
    takeBackWithinMs: 60_000,
    ...parts,
  })
  onTestFinished(async () => {
    await fleet.stop()
    await sql.close()
  })
  return { ...heard, fleet, server, sql }
}
