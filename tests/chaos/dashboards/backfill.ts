// Weeks that nobody waited for: a recording as blocks of Prometheus, and the events of the same time as points in InfluxDB.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { type AnyEvent, Bus } from '../../../agent/events.ts'
import { InfluxClient } from '../../../agent/history/influx/client.ts'
import { downsampling } from '../../../agent/history/influx/schema.ts'
import { InfluxHistory } from '../../../agent/history/influx.ts'
import type { KeptEvent } from '../../../agent/history/port.ts'
import { retell, type Scrape } from './recording.ts'
import { database } from './stage.ts'

const DAY_MS = 86_400_000
/** The default look-back: a longer step would leave holes. */
const EVERY_MS = 300_000
/** Days in one file: promtool reads the whole file once for each block that it makes of it. */
const DAYS_AT_ONCE = 2

/**
 * Blocks of `days` days up to `until` (milliseconds) in the folder.
 * @param labels that Prometheus would have added, such as `job="linda"`
 * @returns how many samples
 */
export async function backfillMetrics(
  recording: readonly Scrape[],
  labels: string,
  { days, until, folder }: { days: number; until: number; folder: string },
): Promise<number> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'backfill.txt')
  const start = Math.floor((until - days * DAY_MS) / EVERY_MS) * EVERY_MS
  let samples = 0
  let out = createWriteStream(file)
  let next = start + DAYS_AT_ONCE * DAY_MS
  const import_ = async (): Promise<void> => {
    out.end('# EOF\n')
    await once(out, 'close')
    await promtool(file, folder)
  }
  for (const { at, lines, count } of retell(recording, labels, {
    from: start,
    to: until,
    everyMs: EVERY_MS,
  })) {
    if (at >= next) {
      await import_()
      out = createWriteStream(file)
      next += DAYS_AT_ONCE * DAY_MS
    }
    samples += count
    if (!out.write(lines)) await once(out, 'drain')
  }
  await import_()
  await rm(file)
  return samples
}

async function promtool(file: string, folder: string): Promise<void> {
  const args = ['tsdb', 'create-blocks-from', '--max-block-duration=162h', '-q', 'openmetrics', file, folder]
  const child = spawn('promtool', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (data: Buffer) => {
    said += data
  })
  const [status] = (await once(child, 'close')) as [number]
  if (status !== 0) throw new Error(`promtool tsdb create-blocks-from: ${said.slice(0, 500)}`)
}

/**
 * The events that the demo has written, told again every so often over the time that single events are kept, and their five-minute
 * figures for the year.
 * @returns how many events
 */
export async function backfillHistory(url: string, until: number): Promise<number> {
  const place = { url, database, username: null, password: null }
  const history = new InfluxHistory(
    { ...place, manageSchema: true, retentionMs: 30 * DAY_MS },
    new Bus('chaos'),
  )
  const client = new InfluxClient(place, 60_000)
  try {
    const recorded = await history.read({ limit: 1_000 })
    const newest = recorded[0]?.at ?? until
    let told = 0
    for (let shift = DAY_MS / 4; shift < 29 * DAY_MS; shift += DAY_MS / 4) {
      const events = recorded.map((event) => moved(event, newest - until + shift))
      await history.append(events)
      told += events.length
    }
    await client.change(downsampling(database, `WHERE time > now() - 30d `))
    return told
  } finally {
    history.close()
    client.close()
  }
}

function moved({ account, ...event }: KeptEvent, byMs: number): AnyEvent {
  const at = event.at - byMs
  const whose = account === null ? {} : { account }
  return { ...event, ...whose, id: uuidv7({ msecs: at }), v: 1, at } as unknown as AnyEvent
}
