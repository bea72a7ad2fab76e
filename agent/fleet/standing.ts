// How this node's accounts stand, for the other nodes, and how theirs stand; who is silent is not believed, whatever its last words were.

import { z } from 'zod'
import { healthStatuses } from '../health/status.ts'
import type { Sql, Value } from '../store/sql.ts'

const dataSchema = z.object({
  usable: z.boolean(),
  unusableBecause: z.string().nullable(),
  /** Whether anybody has linked it yet; a node of an earlier version does not say. */
  linked: z.boolean().default(true),
  healthStatus: z.enum(healthStatuses),
  active: z.number(),
  /** For how much longer its limit of the day is spent; a node of an earlier version does not say. */
  spentForMs: z.number().nullable().default(null),
  /**
   * For how much longer it is ejected, in milliseconds: the clocks of two nodes need not agree. Less than 0 says for how long it has been
   * back: it starts slowly on every node.
   */
  ejectedForMs: z.number().nullable(),
})

/** What the node that holds an account says of it. */
export type StandingData = z.infer<typeof dataSchema>

export interface OwnStanding {
  account: string
  epoch: number
  data: StandingData
}

/** An account that this node does not hold, as listed, with what its node says as far as that can be believed. */
export interface OtherStanding {
  account: string
  /** E.164 with its plus sign. */
  phone: string
  pool: string
  role: 'primary' | 'backup'
  priority: number
  weight: number
  region: string
  /** Null where no node holds it. */
  node: string | null
  epoch: number
  data: StandingData
}

export interface StandingParts {
  sql: Sql
  node: string
  own(): OwnStanding[]
  /** Milliseconds of a clock that never goes back. */
  monotonic?(): number
}

const EVERY_MS = 1_000
/** Also when nothing has changed, so that silence means something. */
const BEAT_MS = 2_000
/** A row that has not changed for so long comes from a node that is silent. */
const SILENT_MS = 5_000
/** A statement has two parameters and three for each row; SQLite takes 32,766. */
const ROWS_AT_ONCE = 10_000

type OtherRow = {
  account: string
  phone: string
  pool: string
  role: string
  priority: number
  weight: string
  region: string
  node: string | null
  epoch: number | null
  at: number | null
  data: string | null
}

interface Seen {
  /** What changes with every beat. */
  mark: string
  /** On the clock of looks; null until it was seen to change. */
  changedAt: number | null
  listed: Omit<OtherStanding, 'data'>
  /** Null where there is none, or none that can be understood. */
  data: StandingData | null
}

export class Standing {
  #parts: StandingParts
  #clock: () => number
  #published = ''
  #publishedAt = Number.NEGATIVE_INFINITY
  #seen = new Map<string, Seen>()
  /** Advances only from look to look, and by no more than a beat: what nobody looked at did not grow old meanwhile. */
  #looksAt = 0
  #lookedAt: number | null = null

  constructor(parts: StandingParts) {
    this.#parts = parts
    this.#clock = parts.monotonic ?? (() => performance.now())
  }

  /** Publishes and reads every second; answers the function that ends it. A failure is said by the store. */
  start(): () => Promise<void> {
    let running: Promise<void> = Promise.resolve()
    let busy = false
    const turn = async (): Promise<void> => {
      try {
        await this.publish()
        await this.read()
      } catch {
        // said by the store; the next turn tries again
      } finally {
        busy = false
      }
    }
    const timer = setInterval(() => {
      if (busy) return
      busy = true
      running = turn()
    }, EVERY_MS)
    timer.unref()
    return async () => {
      clearInterval(timer)
      await running
    }
  }

  /** Writes how this node's accounts stand when that has changed, or a beat is due. Rejects with StoreError. */
  async publish(): Promise<void> {
    const own = this.#parts.own()
    const now = this.#clock()
    const text = JSON.stringify(own)
    if (own.length === 0 || (text === this.#published && now - this.#publishedAt < BEAT_MS)) return
    for (let i = 0; i < own.length; i += ROWS_AT_ONCE) await this.#write(own.slice(i, i + ROWS_AT_ONCE))
    this.#published = text
    this.#publishedAt = now
  }

  /** Reads how the others' accounts stand. Rejects with StoreError. */
  async read(): Promise<void> {
    const rows = await this.#parts.sql.query<OtherRow>(
      `SELECT a.id AS account, a.phone, a.pool, a.role, a.priority, a.weight, a.region, s.node, s.epoch, s.at, s.data
       FROM account a LEFT JOIN standing s ON s.account = a.id
       WHERE a.retired = 0 AND (s.node IS NULL OR s.node <> $1) ORDER BY a.id`,
      [this.#parts.node],
    )
    const now = this.#clock()
    this.#looksAt += this.#lookedAt === null ? 0 : Math.min(BEAT_MS, now - this.#lookedAt)
    this.#lookedAt = now
    const seen = new Map<string, Seen>()
    for (const row of rows) {
      const mark = `${row.node} ${row.epoch} ${row.at}`
      const before = this.#seen.get(row.account)
      const changedAt = before === undefined ? null : before.mark === mark ? before.changedAt : this.#looksAt
      const data = before?.mark === mark ? before.data : row.data === null ? null : parse(row.data)
      seen.set(row.account, { mark, changedAt, listed: listedOf(row), data })
    }
    this.#seen = seen
  }

  /** The accounts that other nodes hold or list, of one pool or of all. */
  others(pool?: string): OtherStanding[] {
    const found: OtherStanding[] = []
    for (const seen of this.#seen.values())
      if (pool === undefined || seen.listed.pool === pool)
        found.push({ ...seen.listed, data: this.#believe(seen) })
    return found
  }

  #believe({ listed, changedAt, data }: Seen): StandingData {
    if (listed.node === null) return unusable('no node holds it')
    // What stands there when this node starts may be a dead node's.
    if (changedAt === null) return unusable('its node has not been heard yet')
    if (this.#looksAt - changedAt > SILENT_MS) return unusable('its node is silent')
    return data ?? unusable('its node speaks another version')
  }

  async #write(own: readonly OwnStanding[]): Promise<void> {
    const params: Value[] = [this.#parts.node, Date.now()]
    const rows = own.map(({ account, epoch, data }) => {
      const at = params.push(account, epoch, JSON.stringify(data))
      return `($${at - 2}, $1, $${at - 1}, $2, $${at})`
    })
    // A node that has lost an account must not speak over the one that has it.
    await this.#parts.sql.query(
      `INSERT INTO standing (account, node, epoch, at, data) VALUES ${rows.join(', ')}
       ON CONFLICT (account) DO UPDATE SET node = excluded.node, epoch = excluded.epoch, at = excluded.at, data = excluded.data
       WHERE standing.epoch <= excluded.epoch`,
      params,
    )
  }
}

function listedOf(row: OtherRow): Seen['listed'] {
  const { account, phone, pool, role, priority, weight, region, node, epoch } = row
  return {
    account,
    phone,
    pool,
    role: role === 'backup' ? 'backup' : 'primary',
    priority,
    weight: Number(weight),
    region,
    node,
    epoch: epoch ?? 0,
  }
}

function unusable(unusableBecause: string): StandingData {
  return {
    usable: false,
    unusableBecause,
    linked: true,
    healthStatus: 'unknown',
    active: 0,
    spentForMs: null,
    ejectedForMs: null,
  }
}

function parse(text: string): StandingData | null {
  try {
    return dataSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
