// An agent's message path on a real store with phones that do as they are told; it can be stopped, and it can die.

import { onTestFinished } from 'vitest'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import type { Draft } from '../../../agent/outbox/accept.ts'
import { MessagePath, type MessagePathParts } from '../../../agent/outbox/message-path.ts'
import type { Route } from '../../../agent/outbox/route.ts'
import type { MessageRow } from '../../../agent/outbox/row.ts'
import { readSteps } from '../../../agent/outbox/steps.ts'
import { type Cipher, plainCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { WebhookQueue } from '../../../agent/webhooks/port.ts'
import { noWebhooks } from '../../harness/no-webhooks.ts'
import { until } from '../../harness/until.ts'
import { outboxSettings } from '../../unit/outbox/settings.ts'
import type { Driver, Opened } from '../drivers.ts'
import { Ledger, Phone } from './phone.ts'
import { UnsteadySql } from './unsteady-sql.ts'

export interface AgentOptions {
  accounts?: readonly string[]
  settings?: Partial<MessagePathParts['settings']>
  cipher?: Cipher
  webhooks?: WebhookQueue
  route?: Route
  /** Epochs are taken by default. */
  owns?: boolean
  ledger?: Ledger
  poolOf?: (account: string) => string
  start?: boolean
}

export interface TestAgent {
  opened: Opened
  sql: UnsteadySql
  path: MessagePath
  ledger: Ledger
  phones: Map<string, Phone>
  phone(account?: string): Phone
  accept(draft?: Partial<Draft>): Promise<MessageRow>
  row(id: string): Promise<MessageRow>
  /** State and code of every step. */
  story(id: string): Promise<string[]>
  /** Waits until the row is so, while time does its part all the time. */
  when(id: string, is: (row: MessageRow) => boolean, withinMs?: number): Promise<MessageRow>
  ended(id: string): Promise<MessageRow>
  stop(): Promise<void>
  /** Nothing that it still does reaches the store; the store itself stays open. */
  die(): Promise<void>
}

let drafts = 0
export const draft = (over: Partial<Draft> = {}): Draft => {
  const text = `text ${++drafts}`
  return {
    caller: 'shop',
    key: null,
    body: over.content?.text ?? text,
    pool: 'sales',
    account: null,
    region: null,
    to: '+447946000001',
    content: { type: 'text', text },
    notBefore: null,
    expiresAt: Date.now() + 60_000,
    trace: null,
    ...over,
  }
}

/** A new empty store with the schema. */
export async function newStore(driver: Driver, url?: string): Promise<Opened> {
  const opened = await driver.open(url)
  await migrate(opened.sql)
  return opened
}

/** The first of the accounts that is open and not excluded; who is named and who is pinned goes before. */
export function usualRoute(phones: Map<string, Phone>): Route {
  return ({ bound, pinned, except }) => {
    const may = (account: string): boolean =>
      !except.includes(account) && (phones.get(account)?.open ?? false)
    if (bound !== null) return phones.get(bound)?.open ? bound : null
    if (pinned !== null && may(pinned)) return pinned
    return [...phones.keys()].find(may) ?? null
  }
}

export async function agentOn(opened: Opened, options: AgentOptions = {}): Promise<TestAgent> {
  const { accounts = ['a'], ledger = new Ledger(), cipher = plainCipher, webhooks = noWebhooks } = options
  const sql = new UnsteadySql(opened.sql)
  const phones = new Map(accounts.map((account) => [account, new Phone(account, ledger)]))
  const path = new MessagePath({
    bus: opened.bus,
    sql,
    cipher,
    webhooks,
    route: options.route ?? usualRoute(phones),
    poolOf: options.poolOf ?? (() => 'sales'),
    settings: { ...outboxSettings, ...options.settings },
    random: () => 0.5,
  })
  for (const phone of phones.values()) phone.epoch = await takeOwnership(opened.sql, phone.account, 'n')
  if (options.start !== false) await path.start([...phones.values()])
  const row = async (id: string): Promise<MessageRow> => {
    const [found] = await opened.sql.query<MessageRow>('SELECT * FROM message WHERE id = $1', [id])
    if (!found) throw new Error(`no message ${id}`)
    return found
  }
  const story = async (id: string) =>
    readSteps((await row(id)).steps).map(({ state, code }) => (code ? `${state} ${code}` : state))
  const when: TestAgent['when'] = async (id, is, withinMs = 10_000) => {
    let last: MessageRow | undefined
    const ask = async () => {
      await path.look().catch(() => {})
      last = await row(id)
      return is(last) ? last : null
    }
    return until(() => `found ${JSON.stringify({ ...last, payload: undefined })}`, ask, withinMs)
  }
  let over: Promise<void> | null = null
  const stop = () =>
    (over ??= (async () => {
      await path.stop(500)
      await path.close()
    })())
  const die = async () => {
    sql.dead = true
    for (const phone of phones.values()) phone.dead = true
    ledger.clear()
    // What it had under way finds nothing; nobody waits for it.
    over ??= Promise.resolve()
    await path.stop(0)
    void path.close()
  }
  onTestFinished(stop)
  return {
    opened,
    sql,
    path,
    ledger,
    phones,
    phone: (account = accounts[0] ?? '') => phones.get(account) as Phone,
    accept: async (over) => (await path.outbox.accept(draft(over))).row,
    row,
    story,
    when,
    ended: (id) => when(id, ({ open }) => open === 0),
    stop,
    die,
  }
}
