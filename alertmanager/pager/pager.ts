// The pager as a whole: the only file that knows everybody; it starts what listens last and stops it first.

import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { type Listener, listen } from '../../agent/http.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { Instruments } from '../../agent/telemetry/instruments.ts'
import { metricsApp } from '../../agent/telemetry/listener.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { Channel } from './channels/channel.ts'
import { pushChannel } from './channels/push.ts'
import { smsChannel } from './channels/sms.ts'
import { voiceChannel } from './channels/voice.ts'
import type { PagerConfig } from './config/schema.ts'
import type { Secrets } from './config/secrets.ts'
import { accept } from './desk/accept.ts'
import { acknowledge, byCode, byNotice, byReply, noteReport } from './desk/acknowledge.ts'
import { type Counts, countAll, nothing, showCounts } from './desk/counts.ts'
import { Heartbeat } from './desk/heartbeat.ts'
import { History } from './desk/history.ts'
import { codeOf } from './desk/links.ts'
import { undelivered } from './desk/settle.ts'
import { forgetPages, prune } from './desk/upkeep.ts'
import { Worker } from './desk/worker.ts'
import { Events } from './events.ts'
import { apiApp } from './http/api.ts'
import { callbacksApp } from './http/callbacks.ts'
import { byId } from './store/deliveries.ts'
import { openPagerStore } from './store/open.ts'
import { linkKey } from './store/settings.ts'
import { catalogue } from './telemetry/catalogue.ts'
import { logEvents } from './telemetry/log.ts'
import { recordEvents, startAtZero } from './telemetry/record.ts'

/** How long a stop waits for requests and for attempts that are under way, in milliseconds. */
const STOP_MS = 5_000
/** How often things are counted and forgotten, in milliseconds, and how often what is old is deleted. */
const COUNT_MS = 2_000
const PRUNE_EVERY = 1_800

export interface RunningPager {
  apiUrl: string
  callbacksUrl: string
  metricsUrl: string
  stop(signal: string): Promise<void>
}

function channelsOf({ channels: { twilio, fcm } }: PagerConfig, secrets: Secrets): Channel[] {
  return [
    ...(twilio && secrets.twilioToken
      ? [smsChannel(twilio, secrets.twilioToken), voiceChannel(twilio, secrets.twilioToken)]
      : []),
    ...(fcm && secrets.fcm ? [pushChannel(fcm, secrets.fcm)] : []),
  ]
}

/** Rejects with StoreError or ListenError, and then nothing is left open. */
export async function startPager(config: PagerConfig, secrets: Secrets, log: Logger): Promise<RunningPager> {
  const events = new Events()
  const instruments = new Instruments('openmetrics', catalogue)
  recordEvents(events, instruments)
  logEvents(events, log)
  const channels = channelsOf(config, secrets)
  const names = channels.map(({ name }) => name)
  startAtZero(instruments, names)
  instruments.gauge('buildInfo').set({ version: packageJson.version, node_version: process.versions.node }, 1)
  const sql = await openPagerStore(config.store.url, events)
  const closing: (() => Promise<unknown> | unknown)[] = [() => sql.close()]
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    const key = await linkKey(sql)
    const worker = new Worker({ sql, config, events, channels, linkKey: key })
    const accepting = { sql, config, events, wake: () => worker.wake() }
    const take = (receiver: string, group: Parameters<typeof accept>[2], now: number) =>
      accept(accepting, receiver, group, now)
    const heartbeat = new Heartbeat({ sql, config, events, accept: take })
    await worker.start()
    closing.push(() => worker.stop(STOP_MS))
    await heartbeat.start()
    closing.push(() => heartbeat.stop())
    const counts = keepCounting(sql, events, config)
    closing.push(() => counts.stop())
    showCounts(instruments, names, config.budgets, counts.last)

    const open = async (app: Parameters<typeof listen>[0], name: 'api' | 'callbacks' | 'metrics') => {
      const listener: Listener = await listen(app, config[name].listen, `${name}.listen`)
      closing.push(() => listener.close(STOP_MS))
      return listener.url
    }
    const metricsUrl = await open(
      metricsApp(instruments.registry as Registry, { missing: () => storeMissing(sql) }, {}),
      'metrics',
    )
    const callbacksUrl = await open(
      callbacksApp({
        config,
        twilioToken: secrets.twilioToken,
        events,
        find: async (token) => {
          const code = codeOf(key, token)
          return code === null ? null : byCode(sql, code)
        },
        findReply: (recipient, code) => byReply(sql, recipient, code),
        acknowledge: (asked, by) => acknowledge({ sql, events }, asked, by, Date.now()),
        report: async ({ delivery }, { said, failed, providerId }) => {
          await noteReport(sql, delivery, said, Date.now())
          const row = failed ? await byId(sql, delivery) : undefined
          const what = { code: said, providerId }
          if (row && (await undelivered({ sql, config, events }, row, what, Date.now()))) worker.wake()
        },
      }),
      'callbacks',
    )
    const apiUrl = await open(
      apiApp({
        token: secrets.apiToken,
        events,
        beat: config.heartbeat,
        history: new History(sql),
        accept: take,
        heartbeat: (now) => heartbeat.heard(now),
        acknowledge: async (notification, who) => {
          const asked = await byNotice(sql, notification)
          if (!asked) return 'unknown'
          const by = { via: 'api', who, knows: asked.severity } as const
          return acknowledge({ sql, events }, asked, by, Date.now())
        },
      }),
      'api',
    )
    events.tell('pager.started', {
      version: packageJson.version,
      recipients: Object.keys(config.recipients).length,
      receivers: Object.keys(config.receivers).length,
    })
    return {
      apiUrl,
      callbacksUrl,
      metricsUrl,
      async stop(signal) {
        const startedAt = performance.now()
        events.tell('pager.stopping', { signal })
        await close()
        events.tell('pager.stopped', { ms: Math.round(performance.now() - startedAt) })
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A store that answers and cannot write is no store: the question is a write. */
async function storeMissing(sql: Sql): Promise<string[]> {
  try {
    await sql.query('UPDATE schema_version SET version = version')
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function keepCounting(
  sql: Sql,
  events: Events,
  config: PagerConfig,
): { last: () => Counts; stop: () => Promise<void> } {
  let last = nothing
  let turn = 0
  let running = Promise.resolve()
  const count = async (): Promise<void> => {
    try {
      const now = Date.now()
      await forgetPages(sql, events, now)
      if (turn++ % PRUNE_EVERY === 0) await prune(sql, now - config.store.retentionMs)
      last = await countAll(sql, now)
    } catch {
      // said by the store
    }
  }
  const timer = setInterval(() => {
    running = running.then(count)
  }, COUNT_MS)
  running = count()
  return {
    last: () => last,
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
