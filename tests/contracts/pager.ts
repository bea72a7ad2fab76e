// What tests of the pager share: groups of alerts as Alertmanager posts them, and a pager on loopback providers.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLogger } from '../../agent/telemetry/logging.ts'
import { loadPagerConfig } from '../../alertmanager/pager/config/load.ts'
import { readSecrets } from '../../alertmanager/pager/config/secrets.ts'
import type { Notification } from '../../alertmanager/pager/desk/history.ts'
import { type RunningPager, startPager } from '../../alertmanager/pager/pager.ts'
import { apiToken, type Providers, writePagerConfig } from '../harness/pager-process.ts'

export interface Fires {
  alert: string
  account?: string
  severity?: string
  tier?: string
  status?: 'firing' | 'resolved'
  startsAt?: number
  annotations?: Record<string, string>
  /** More accounts of the group. */
  others?: string[]
  job?: string
  groupKey?: string
}

/** An alert that goes on has one beginning, however often it is posted. */
const beginnings = new Map<string, number>()

function beginningOf(name: string): number {
  const at = beginnings.get(name) ?? Date.now() - 1_000
  beginnings.set(name, at)
  return at
}

/** A webhook of version 4. */
export function webhook(fires: Fires): object {
  const {
    alert,
    account = 'uae-1',
    severity = 'critical',
    tier,
    status = 'firing',
    others = [],
    job = 'linda',
  } = fires
  const startsAt = new Date(fires.startsAt ?? beginningOf(`${alert}/${account}/${tier}`)).toISOString()
  const annotations = { summary: 'Something is wrong.', action: 'linda status', ...fires.annotations }
  const labelsOf = (account: string) => ({
    alertname: alert,
    job,
    account,
    severity,
    ...(tier ? { tier } : {}),
  })
  const groupLabels = { alertname: alert, account, ...(tier ? { tier } : {}) }
  return {
    version: '4',
    groupKey: fires.groupKey ?? `{}/{tier="${tier ?? ''}"}:{alertname="${alert}", account="${account}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'whatever',
    groupLabels,
    commonLabels: labelsOf(account),
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.example',
    alerts: [account, ...others].map((each) => ({
      status,
      labels: labelsOf(each),
      annotations,
      startsAt,
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: `${alert}-${each}-${tier ?? ''}`,
    })),
  }
}

export interface Posted {
  status: number
  body: Record<string, unknown>
}

/** Talks to a pager as Alertmanager and as whoever reads the history. */
export class Client {
  apiUrl: string
  token: string

  constructor(apiUrl: string, token: string = apiToken) {
    this.apiUrl = apiUrl
    this.token = token
  }

  async post(path: string, body: unknown): Promise<Posted> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  page(receiver: string, fires: Fires): Promise<Posted> {
    return this.post(`/v4/webhook/${receiver}`, webhook(fires))
  }

  async history(query = ''): Promise<Notification[]> {
    const headers = { authorization: `Bearer ${this.token}` }
    const response = await fetch(`${this.apiUrl}/api/notifications?limit=1000${query}`, { headers })
    return ((await response.json()) as { notifications: Notification[] }).notifications
  }
}

export interface Stage extends RunningPager {
  client: Client
  /** Every log line so far. */
  logged(): string
  /** The value of a series; 0 where there is none. */
  metric(series: string): Promise<number>
  end(): Promise<void>
}

/** A pager inside this process. @param kept a directory that outlives it; otherwise it has one of its own */
export async function startStage(
  providers: Providers,
  sections: Record<string, Record<string, unknown> | null>,
  kept?: string,
): Promise<Stage> {
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'linda-pager-'))
  writePagerConfig(directory, providers, {
    store: { url: `sqlite:${join(directory, 'pager.db')}` },
    ...sections,
  })
  const config = loadPagerConfig({ path: join(directory, 'pager.yaml'), env: {}, cwd: directory })
  let log = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  const running = await startPager(config, readSecrets(config, directory), createLogger('trace', sink))
  return {
    ...running,
    client: new Client(running.apiUrl),
    logged: () => log,
    async metric(series) {
      const text = await (await fetch(`${running.metricsUrl}/metrics`)).text()
      const line = text.split('\n').find((each) => each.startsWith(`${series} `))
      return Number(line?.slice(series.length + 1) ?? 0)
    },
    async end() {
      await running.stop('test')
      if (kept === undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}
