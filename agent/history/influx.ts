// The history in InfluxDB 1.x: what is written there is read back as it was, and a server that is away costs nobody anything but an error.

import type { AnyEvent, Bus } from '../events.ts'
import { InfluxClient, type InfluxPlace } from './influx/client.ts'
import { everything, pointsOf } from './influx/points.ts'
import { Reachability } from './influx/reachability.ts'
import { ensureSchema, single } from './influx/schema.ts'
import { decodeTag, encodeTag } from './influx/tags.ts'
import { queryTime } from './influx/time.ts'
import { checkRange, type EventQuery, type History, HistoryError, type KeptEvent } from './port.ts'

export interface InfluxOptions extends InfluxPlace {
  /** Whether database, policies and downsampling are made by us; otherwise nothing of them is touched. */
  manageSchema: boolean
  /** Nothing older is answered: InfluxDB deletes whole days, up to a day and a half late. */
  retentionMs: number
  /** For one request, in milliseconds. */
  requestMs?: number
}

/** What somebody else wrote into the measurement may lack anything. */
interface Row {
  time: Date
  id: string | null
  type: string | null
  account: string | null
  data: string | null
}

export class InfluxHistory implements History {
  readonly driver = 'influx'
  #client: InfluxClient
  #options: InfluxOptions
  #reachability: Reachability
  #schema: Promise<void> | null = null
  #closed = false

  /** Asks the server at once whether it can be used, and waits for nothing. */
  constructor(options: InfluxOptions, bus: Bus) {
    this.#options = options
    this.#client = new InfluxClient(options, options.requestMs)
    const probe = () => void this.read({ limit: 1 }).catch(() => {})
    this.#reachability = new Reachability(bus, probe)
    probe()
  }

  async append(events: readonly AnyEvent[]): Promise<void> {
    if (events.length === 0) return
    await this.#ask(() => this.#client.write(events.flatMap(pointsOf), this.#policy))
  }

  async read(query: EventQuery): Promise<KeptEvent[]> {
    checkRange(query)
    const kept = Date.now() - this.#options.retentionMs
    const since = Math.max(query.since ?? kept, kept)
    const { until, limit } = query
    if (until !== undefined && until <= since) return []
    return this.#ask(async () => {
      const newest = await this.#select({ ...query, since })
      if (newest.length < limit) return sorted(newest)
      // Within a millisecond the server's order is not that of the ids: which of the last one's are answered is decided with all of them.
      const last = newest.at(-1)?.at ?? since
      const tied = await this.#select({ ...query, since: last, until: last + 1, limit: 0 })
      return sorted([...newest.filter(({ at }) => at !== last), ...tied]).slice(0, limit)
    })
  }

  /** The retention policy does it. */
  async prune(): Promise<number> {
    return 0
  }

  close(): void {
    this.#closed = true
    this.#reachability.close()
    this.#client.close()
  }

  get #policy(): string | undefined {
    return this.#options.manageSchema ? single : undefined
  }

  /** @param query a limit of 0 is none */
  async #select({ account, type, since, until, limit }: EventQuery): Promise<KeptEvent[]> {
    const placeholders = {
      ...(account === undefined ? {} : { account: encodeTag(account) }),
      ...(type === undefined ? {} : { type: encodeTag(type) }),
    }
    const conditions = [
      ...Object.keys(placeholders).map((tag) => `"${tag}" = $${tag}`),
      ...(since === undefined ? [] : [`time >= ${queryTime(since)}`]),
      ...(until === undefined ? [] : [`time < ${queryTime(until)}`]),
    ]
    const rows = await this.#client.query<Row>(
      `SELECT "id", "type", "account", "data" FROM "${everything}" ` +
        `WHERE ${conditions.join(' AND ')} ORDER BY time DESC ${limit > 0 ? `LIMIT ${limit}` : ''}`,
      { placeholders, retentionPolicy: this.#policy },
    )
    return rows.flatMap((row) => keptEvent(row) ?? [])
  }

  /** Once, and again after any failure: the server may be back with an empty disk. */
  #ready(): Promise<void> {
    if (!this.#options.manageSchema) return Promise.resolve()
    this.#schema ??= ensureSchema(this.#client, this.#options.retentionMs)
    return this.#schema
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new HistoryError('the history is closed')
    try {
      await this.#ready()
      const answer = await work()
      this.#reachability.up()
      return answer
    } catch (error) {
      if (error instanceof HistoryError && error.refused) {
        this.#reachability.up()
        throw error
      }
      this.#schema = null
      this.#reachability.down((error as Error).message)
      throw error
    }
  }
}

function keptEvent({ time, id, type, account, data }: Row): KeptEvent | null {
  if (id === null || type === null || data === null) return null
  const whose = account === null ? null : decodeTag(account)
  return { id, at: time.getTime(), type: decodeTag(type), account: whose, ...JSON.parse(data) }
}

function sorted(events: KeptEvent[]): KeptEvent[] {
  return events.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
}
