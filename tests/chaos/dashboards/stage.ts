// The demo with everything switched on that a dashboard shows: history in InfluxDB, webhooks, canaries, traces, people who never scan.

import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildStage, type Stage } from '../../demo/stage.ts'
import { Traffic } from '../../demo/traffic.ts'
import { startViewers } from '../../demo/viewers.ts'
import { type InfluxServer, startInflux } from '../../harness/influx.ts'
import { breakThings } from './faults.ts'

export const database = 'linda'
/** The last of the accounts: somebody looks at its code and nobody scans. */
const accounts = 7

export interface Play {
  stage: Stage
  influx: InfluxServer
  /** Faults so far. */
  faults(): number
  close(): Promise<void>
}

/** @param root of the checkout */
export async function startPlay(root: string, directory: string, seed: number): Promise<Play> {
  const influx = await startInflux()
  const sink = await startSink()
  const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  const secret = join(directory, 'webhook.secret')
  writeFileSync(secret, randomBytes(32).toString('hex'), { mode: 0o600 })
  const closeServers = async (): Promise<void> => {
    sink.closeAllConnections()
    sink.close()
    await influx.close()
  }
  try {
    const options = { accounts, forSeconds: null, seed, fixedPorts: false, faults: true }
    const sections = sectionsOf(influx.url, sinkUrl, secret)
    const stage = await buildStage(root, { ...options, sections })
    const nobody = stage.accounts.at(-1)
    for (const { phone } of stage.accounts)
      await stage.simulator.client.setPhone(phone, {
        scan: phone === nobody?.phone ? { kind: 'never' } : { kind: 'after', median_ms: 1_500, sigma: 0.4 },
      })
    const stopViewers = startViewers(stage)
    const traffic = new Traffic(stage)
    const breaking = breakThings(stage, seed)
    const caller = new AbortController()
    void callApi(root, stage, caller.signal).catch(() => {})
    const close = async (): Promise<void> => {
      caller.abort()
      breaking.stop()
      stopViewers()
      await traffic.finish(1_000)
      await stage.close()
      await closeServers()
    }
    return { stage, influx, faults: () => breaking.count(), close }
  } catch (error) {
    await closeServers()
    throw error
  }
}

function sectionsOf(influx: string, sink: string, secret: string): Record<string, unknown> {
  return {
    history: { influx: { url: influx, database } },
    telemetry: { otlp_endpoint: sink, log_level: 'info' },
    // Short times: within minutes an attempt expires, an account is scored and a quiet one is tested.
    pairing: { base: '15s', min: '10s', max: '30s', regenerations: 2 },
    health: { interval: '10s', canary: 'on', canary_interval: '1m', canary_deadline: '10s' },
    webhooks: [
      { id: 'crm', url: `${sink}/crm`, secret_file: secret },
      { id: 'dead', url: `${sink}/gone`, secret_file: secret },
    ],
  }
}

/** Takes traces and webhooks; one of the webhooks is gone for good, which makes dead letters. */
async function startSink(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(request.url === '/gone' ? 410 : 200).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** What an operator does beside: follows the live stream, asks for a report, and one with a wrong token is refused. */
async function callApi(root: string, { adminUrl }: Stage, signal: AbortSignal): Promise<void> {
  const token = readFileSync(join(root, '.linda', `demo-${process.pid}`, 'token'), 'utf8').trim()
  const headers = { authorization: `Bearer ${token}` }
  const stream = await fetch(`${adminUrl}/api/dashboard/stream`, { headers, signal })
  const follow = async (): Promise<void> => {
    for await (const _ of stream.body ?? []) if (signal.aborted) return
  }
  void follow().catch(() => {})
  while (!signal.aborted) {
    await fetch(`${adminUrl}/api/reports/daily?format=json`, { headers, signal }).then((r) => r.text())
    await fetch(`${adminUrl}/api/fleet/report`, { signal }).then((r) => r.text())
    await sleep(10_000, undefined, { signal })
  }
}
