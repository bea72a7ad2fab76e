// A pool of three accounts in a store, with messages in every state, and a runner whose accounts are as the test says.

import { v7 as uuidv7 } from 'uuid'
import { Bus } from '../../../agent/events.ts'
import { openFailovers } from '../../../agent/fleet/failover/rows.ts'
import { type Asked, Runner, type RunnerParts } from '../../../agent/fleet/failover/runner.ts'
import type { Candidate } from '../../../agent/routing/candidate.ts'
import { readSettings } from '../../../agent/routing/settings-rows.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Queryable, Sql } from '../../../agent/store/sql.ts'
import type { Driver } from '../drivers.ts'

export const accounts = ['p-1', 'p-2', 'p-3'] as const
export const graceMs = 60_000

/** One message in each state that a failover meets, of a conversation of its own, all of p-1; and one that is bound to it. */
export const states = ['queued', 'scheduled', 'claimed', 'sent', 'unknown', 'bound'] as const

/** A store of the driver with the messages of `fill`. */
export async function openFilled(driver: Driver): Promise<Sql> {
  const { sql } = await driver.open()
  await migrate(sql)
  await fill(sql)
  return sql
}

export async function fill(sql: Sql): Promise<void> {
  const now = Date.now()
  for (const [i, state] of states.entries()) {
    const conversation = `conversation-${state}`
    await sql.query(
      'INSERT INTO conversation (id, pool, account, last_seq, changed_at) VALUES ($1, $2, $3, 1, $4)',
      [conversation, 'sales', 'p-1', now],
    )
    await sql.query(
      `INSERT INTO message (id, wa_id, caller, body_hash, pool, account, bound, conversation, seq, state, open, attempts, next_at,
         expires_at, epoch, accepted_at, maybe_sent_by, refused_by, possible_duplicate, payload, steps)
       VALUES ($1, $2, 'test', 'h', 'sales', 'p-1', $3, $4, 1, $5, 1, 0, $6, $7, 1, $8, $9, '', 0, $10, '')`,
      [
        uuidv7(),
        `WA${i}`,
        state === 'bound' ? 1 : 0,
        conversation,
        state === 'bound' ? 'queued' : state,
        state === 'scheduled' ? now + 3_600_000 : now,
        now + 7_200_000,
        now,
        state === 'unknown' ? 'p-1' : null,
        new Uint8Array([1]),
      ],
    )
  }
}

/** Who has what, by the state that the message began in. */
export async function holders(sql: Queryable): Promise<Record<string, string>> {
  const rows = await sql.query<{
    conversation: string
    account: string | null
    pin: string | null
    state: string
  }>(
    `SELECT m.conversation, m.account, m.state, c.account AS pin FROM message m JOIN conversation c ON c.id = m.conversation`,
  )
  return Object.fromEntries(
    rows.map(({ conversation, account, pin, state }) => [
      conversation.replace('conversation-', ''),
      `${account ?? 'nobody'}/${pin ?? 'nobody'}/${state}`,
    ]),
  )
}

export interface Staged {
  bus: Bus
  runner: Runner
  /** Accounts that give no sign of life. */
  dead: Set<string>
  /** Begins a failover of p-1. */
  strike(more?: Partial<Asked>): ReturnType<Runner['start']>
  resume(): Promise<void>
  /** Resolves when this process runs none any more. */
  idle(): Promise<void>
}

/** @param parts of the runner, in place of those that are made here */
export function stage(sql: Sql, parts: Partial<RunnerParts> = {}): Staged {
  const bus = new Bus('node-1')
  const dead = new Set<string>()
  let modes = new Map<string, string>()
  const reload = async (): Promise<void> => {
    const { modes: read } = await readSettings(sql)
    modes = new Map([...read].map(([account, { mode }]) => [account, mode]))
  }
  const candidates = (): Candidate[] =>
    accounts.map((account) => ({
      account,
      role: account === 'p-1' ? 'primary' : 'backup',
      priority: 1,
      weight: 1,
      region: 'uae',
      mode: (modes.get(account) ?? 'up') as Candidate['mode'],
      usable: account !== 'p-1',
      unusableBecause: account === 'p-1' ? 'it has failed' : null,
      linked: true,
      healthStatus: 'healthy',
      active: 0,
      returnedAt: null,
      spentUntil: null,
      ejectedUntil: null,
    }))
  const runner = new Runner({
    bus,
    sql,
    node: 'node-1',
    candidates,
    alive: async (account) => !dead.has(account),
    modesChanged: reload,
    wake: () => {},
    hooks: { before: async () => null, after: async () => {} },
    settings: {
      activationMs: 300,
      drainMs: 300,
      chooseMs: 300,
      againMs: 50,
      graceMs,
      damping: { baseMs: 300_000, capMs: 3_600_000, forgetAfterMs: 86_400_000 },
    },
    ...parts,
  })
  return {
    bus,
    runner,
    dead,
    strike: (more = {}) =>
      runner.start({
        pool: 'sales',
        account: 'p-1',
        kind: 'automatic',
        cause: 'banned',
        hard: true,
        to: null,
        faultAt: Date.now(),
        who: 'linda',
        origin: 'node-1',
        epoch: null,
        ...more,
      }),
    async resume() {
      await reload()
      runner.resume(await openFailovers(sql), () => false)
    },
    async idle() {
      while (runner.size > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    },
  }
}
