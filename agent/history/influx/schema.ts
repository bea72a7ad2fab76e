// The database is what the agent needs, also after the configuration changed: single events for the retention, their five-minute figures for a year.

import { formatDuration } from '../../config/durations.ts'
import { HistoryError } from '../port.ts'
import type { InfluxClient } from './client.ts'
import { numeric } from './points.ts'

/** The default policy: single events, for history.retention. */
export const single = 'linda'
/** The policy of the downsampled figures. */
export const year = 'linda_year'
const QUERY = 'linda_downsample'

/** Figures of five minutes each: mean_FIELD, min_FIELD, max_FIELD and count_FIELD, under the same names and tags. */
export function downsampling(database: string, where = ''): string {
  const sources = `${name(single)}./^(${numeric.join('|')})$/`
  return (
    `SELECT mean(*), min(*), max(*), count(*) INTO ${name(database)}.${name(year)}.:MEASUREMENT ` +
    `FROM ${name(database)}.${sources} ${where}GROUP BY time(5m), *`
  )
}

/** Makes what is missing and changes what is different; other databases, policies and queries are left alone. Rejects with HistoryError. */
export async function ensureSchema(client: InfluxClient, retentionMs: number): Promise<void> {
  const database = name(client.database)
  await client.change(`CREATE DATABASE ${database}`)
  // The smallest piece that InfluxDB deletes is a shard: an event lives at most a shard longer than its policy.
  await ensurePolicy(
    client,
    single,
    `DURATION ${formatDuration(retentionMs)} REPLICATION 1 SHARD DURATION 1d DEFAULT`,
  )
  await ensurePolicy(client, year, 'DURATION 365d REPLICATION 1 SHARD DURATION 7d')
  // An hour back each time: what waited in the buffer while the server was away is counted too.
  const create =
    `CREATE CONTINUOUS QUERY ${name(QUERY)} ON ${database} RESAMPLE EVERY 5m FOR 1h ` +
    `BEGIN ${downsampling(client.database)} END`
  await orIfItExists(client.change(create), async () => {
    await client.change(`DROP CONTINUOUS QUERY ${name(QUERY)} ON ${database}`)
    await client.change(create)
  })
}

function ensurePolicy(client: InfluxClient, policy: string, options: string): Promise<void> {
  const rest = `RETENTION POLICY ${name(policy)} ON ${name(client.database)} ${options}`
  return orIfItExists(client.change(`CREATE ${rest}`), () => client.change(`ALTER ${rest}`))
}

/** InfluxDB is silent where the same thing exists, and complains where another one has the name. */
async function orIfItExists(create: Promise<void>, otherwise: () => Promise<void>): Promise<void> {
  try {
    await create
  } catch (error) {
    if (!(error instanceof HistoryError) || !/already exists/.test(error.message)) throw error
    await otherwise()
  }
}

/** An identifier in quotes. */
function name(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
