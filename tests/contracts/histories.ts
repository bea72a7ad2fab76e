// One suite, every place that keeps events: each test gets a history of its own, empty, in SQLite, a real PostgreSQL and a real InfluxDB.

import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import { type AnyEvent, Bus } from '../../agent/events.ts'
import { embeddedHistory } from '../../agent/history/embedded.ts'
import { InfluxHistory, type InfluxOptions } from '../../agent/history/influx.ts'
import type { History, KeptEvent } from '../../agent/history/port.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { hasInflux, type InfluxServer, startInflux } from '../harness/influx.ts'
import { Recorder } from '../harness/recorder.ts'
import { onBothDrivers } from './drivers.ts'

export const day = 86_400_000

export interface OpenedHistory {
  history: History
  bus: Bus
  events: Recorder
}

/** Registers the suite once for each place; what is opened is closed at the end of its test. */
export function onEveryHistory(suite: (open: () => Promise<OpenedHistory>) => void): void {
  onBothDrivers((driver) =>
    suite(async () => {
      const { sql, bus, events } = await driver.open()
      await migrate(sql)
      return { history: embeddedHistory(sql), bus, events }
    }),
  )
  onInflux((influx) => suite(async () => openInflux(influx())))
}

/** Registers the suite where there is an influxd; the server is shared, each history has its own database. */
export function onInflux(suite: (influx: () => InfluxServer) => void): void {
  describe.skipIf(!hasInflux)('influx', () => {
    let server: InfluxServer
    beforeAll(async () => {
      server = await startInflux()
    })
    afterAll(() => server.close())
    suite(() => server)
  })
}

let databases = 0

export interface OpenedInflux extends OpenedHistory {
  history: InfluxHistory
  database: string
}

export function openInflux(server: { url: string }, options: Partial<InfluxOptions> = {}): OpenedInflux {
  const bus = new Bus('node-1')
  const events = new Recorder(bus)
  const database = options.database ?? `t${++databases}`
  const history = new InfluxHistory(
    {
      url: server.url,
      database,
      username: null,
      password: null,
      manageSchema: true,
      retentionMs: 30 * day,
      ...options,
    },
    bus,
  )
  onTestFinished(() => history.close())
  return { history, bus, events, database }
}

/** Events as the bus makes them, with another time, account or id where the test says so. */
export function opened(
  over: Partial<{ id: string; at: number; account: string; ms: number; node: string }> = {},
): AnyEvent {
  const { ms = 1, account = 'a-1', ...envelope } = over
  const event = new Bus('node-1').emit('session.opened', { ms, reconnect: true }, { account, epoch: 1 })
  return { ...event, ...envelope } as AnyEvent
}

/** What reading it must answer. */
export function kept({ v: _v, ...event }: AnyEvent): KeptEvent {
  return JSON.parse(JSON.stringify({ account: null, ...event })) as KeptEvent
}

/** A UUIDv7 with this counter (32 bits), as the process that made the counter's predecessor would make it. */
export function idWith(counter: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  const middle = 0x8000 | ((counter >>> 6) & 0x3fff)
  return `019a0000-0000-7${hex(counter >>> 20, 3)}-${hex(middle, 4)}-${hex((counter & 0x3f) << 2, 2)}0000000000`
}
