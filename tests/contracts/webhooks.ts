// What tests of webhooks share: a store, a receiver, short times, and notices that carry their place in their lane.

import { onTestFinished } from 'vitest'
import { Secret } from '../../agent/config/secret.ts'
import { type Cipher, envelopeCipher } from '../../agent/store/cipher.ts'
import { migrate } from '../../agent/store/migrations.ts'
import type { Sql } from '../../agent/store/sql.ts'
import type { Notice } from '../../agent/webhooks/notice.ts'
import type { Settings } from '../../agent/webhooks/settings.ts'
import type { Target } from '../../agent/webhooks/target.ts'
import { Webhooks } from '../../agent/webhooks/webhooks.ts'
import { type Received, type Receiver, startReceiver } from '../harness/receiver.ts'
import { until } from '../harness/until.ts'
import type { Driver, Opened } from './drivers.ts'

export const SECRET = 'a-secret-of-the-tests-7f3a'

/** Retries in milliseconds instead of seconds, and a poll that finds them. */
export const quick: Partial<Settings> = {
  pollMs: 15,
  firstPauseMs: 10,
  longestPauseMs: 60,
  slowMs: 5,
  holdMoreMs: 2_000,
  settleAgainMs: 20,
  stopGraceMs: 100,
}

export interface Stage extends Opened {
  url: string
  cipher: Cipher
  receiver: Receiver
  target: Target
  webhooks: Webhooks
  /** Another process on the same store, where the store has room for one; else another deliverer in this one. */
  another(target?: Target): Promise<Webhooks>
  /** Writes notices in a transaction each, one after another. */
  put(...notices: Notice[]): Promise<void>
  /** All notices of the webhook are delivered or dead. */
  settled(withinMs?: number): Promise<void>
}

export interface StageOptions {
  target?: Partial<Target>
  settings?: Partial<Settings>
  answer?: Receiver['answer']
  /** Not started yet. */
  idle?: boolean
  /** A store and a receiver that are there already. */
  url?: string
  receiver?: Receiver
}

export async function stage(driver: Driver, options: StageOptions = {}): Promise<Stage> {
  const url = options.url ?? (await driver.url())
  const opened = await driver.open(url)
  const { sql, bus } = opened
  await migrate(sql)
  const cipher = envelopeCipher(sql, Buffer.alloc(32, 7))
  const receiver = options.receiver ?? (await startReceiver(options.answer))
  const target: Target = {
    id: 'crm',
    url: receiver.url,
    secrets: [new Secret(SECRET)],
    events: [],
    pools: [],
    timeoutMs: 2_000,
    concurrency: 4,
    limit: 1_000,
    ...options.target,
  }
  const settings = { ...quick, ...options.settings }
  const make = (own: Sql, targets: Target[]): Webhooks => {
    const made = new Webhooks({
      sql: own,
      cipher: envelopeCipher(own, Buffer.alloc(32, 7)),
      bus,
      targets,
      poolOf: () => 'sales',
      random: () => 0.5,
      settings,
    })
    onTestFinished(() => made.stop())
    return made
  }
  // Runs last: whoever delivers is stopped before.
  onTestFinished(() => receiver.close())
  const webhooks = make(sql, [target])
  if (!options.idle) await webhooks.start()
  const another = async (own: Target = target): Promise<Webhooks> => {
    const made = make(driver.name === 'postgres' ? (await driver.open(url)).sql : sql, [own])
    await made.start()
    return made
  }
  const put = async (...notices: Notice[]): Promise<void> => {
    for (const notice of notices) {
      const rows = await webhooks.prepare([notice])
      await sql.transaction((tx) => webhooks.insert(tx, rows))
      webhooks.wake()
    }
  }
  const settled = (withinMs = 15_000): Promise<void> => allOver(sql, withinMs)
  return { ...opened, url, cipher, receiver, target, webhooks, another, put, settled }
}

export async function allOver(sql: Sql, withinMs: number): Promise<void> {
  let left: unknown
  await until(
    () => `everything is delivered or dead; left: ${JSON.stringify(left)}`,
    async () => {
      left = await sql.query(
        'SELECT id, lane, state, attempts, error FROM webhook_delivery WHERE open = 1 LIMIT 5',
      )
      return (left as unknown[]).length === 0
    },
    withinMs,
  )
}

export function notice(lane: string, n: number, more: Partial<Notice> = {}): Notice {
  return {
    type: 'message.received',
    lane,
    pool: 'sales',
    account: 'uae-1',
    at: Date.UTC(2026, 10, 21) + n,
    data: { lane, n },
    ...more,
  }
}

/** The numbers of one lane in the order in which they were taken, each the first time. */
export function orderIn(lane: string, taken: readonly Received[]): number[] {
  return [...new Set(taken.filter(({ body }) => body.data.lane === lane).map(({ body }) => body.data.n))]
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)
