// One session on a scripted server, with its credentials in a real store.

import { onTestFinished, vi } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { loadAuth, type StoredAuth } from '../../../agent/session/auth-state.ts'
import { ConnectLimiter } from '../../../agent/session/connect-limiter.ts'
import type { SessionSettings } from '../../../agent/session/parts.ts'
import { Session } from '../../../agent/session/session.ts'
import type { Inbound } from '../../../agent/session/socket.ts'
import { plainCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'
import { type Heard, hear } from '../events/heard.ts'
import { ScriptedServer, settings } from './scripted-socket.ts'

export interface Stage extends Heard {
  session: Session
  server: ScriptedServer
  limiter: ConnectLimiter
  sql: Sql
  auth: StoredAuth
  inbound: Inbound[]
  /** Lets `ms` milliseconds of the fake clock pass, and everything that was due. */
  pass(ms?: number): Promise<void>
  /** Dials and lets the server accept. */
  open(): Promise<void>
  /** Every state that was entered. */
  states(): string[]
}

export interface StageOptions {
  paired?: boolean
  random?: () => number
  settings?: Partial<SessionSettings>
  window?: (inARow: number) => { windowMs: number; source: string }
}

/** The fake clock must be on. */
export async function stage(options: StageOptions = {}): Promise<Stage> {
  const heard = hear()
  const server = new ScriptedServer()
  const limiter = new ConnectLimiter(3)
  const sql = openSqlite(':memory:', new Bus('store'))
  await migrate(sql)
  const account = 'uae-1'
  const epoch = await takeOwnership(sql, account, 'test')
  const auth = await loadAuth({ sql, cipher: plainCipher, bus: heard.bus, account, epoch })
  if (options.paired ?? true) {
    auth.creds.me = { id: '971500000001:1@s.whatsapp.net' }
    auth.creds.account = { details: new Uint8Array([1]) }
    auth.saveCreds()
    await auth.flush()
  }
  const inbound: Inbound[] = []
  const session = new Session('uae-1', 7, {
    bus: heard.bus,
    limiter,
    phone: '+971500000001',
    openSocket: server.open,
    pairingWindow: options.window ?? (() => ({ windowMs: 120_000, source: 'base' })),
    loadAuth: async () => auth,
    onInbound: (_, message) => inbound.push(message),
    settings: { ...settings, ...options.settings },
    random: options.random ?? (() => 0.5),
  })
  const pass = async (ms = 0) => void (await vi.advanceTimersByTimeAsync(ms))
  onTestFinished(async () => {
    await session.stop()
    await sql.close()
  })
  return {
    ...heard,
    session,
    server,
    limiter,
    sql,
    auth,
    inbound,
    pass,
    async open() {
      session.start('started')
      await pass()
      server.last.to.open()
    },
    states: () => heard.of('session.state-changed').map(({ to }) => to),
  }
}
