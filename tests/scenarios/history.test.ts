// A whole agent with its history in InfluxDB: it starts without the server, says so, and misses nothing once it is there.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HistoryError } from '../../agent/history/port.ts'
import { hasInflux, type InfluxServer, startInflux } from '../harness/influx.ts'
import { openScene } from '../harness/scene.ts'
import { freePort } from '../harness/server-process.ts'
import { until } from '../harness/until.ts'

async function sceneAt(port: number, more: object = {}) {
  const influx = { url: `http://127.0.0.1:${port}`, ...more }
  const scene = await openScene({ paired: 1, config: { history: { influx } } })
  onTestFinished(() => scene.close())
  return scene
}

async function influxAt(port: number): Promise<InfluxServer> {
  const server = await startInflux({ port })
  onTestFinished(() => server.close())
  return server
}

describe.skipIf(!hasInflux)('InfluxDB', () => {
  it('that comes late finds every event since the start, and none in the store', async () => {
    const port = await freePort()
    const scene = await sceneAt(port)
    await scene.allUp()
    const refused = await scene.ask('/api/events')
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({
      title: 'history-unavailable',
      detail: expect.stringMatching(
        /the history cannot be read now: InfluxDB at 127.0.0.1:\d+: .*ECONNREFUSED/,
      ),
    })
    const metrics = async () => (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
    expect(await metrics()).toContain('linda_history_up{driver="influx"} 0')
    const server = await influxAt(port)
    const types = async () => {
      const answer = await scene.ask('/api/events?account=p1')
      if (!answer.ok) return null
      const { events } = (await answer.json()) as { events: { type: string }[] }
      return events.map(({ type }) => type)
    }
    await until('the events are there', async () => (await types())?.includes('session.opened'))
    expect(await metrics()).toContain('linda_history_up{driver="influx"} 1')
    expect(await scene.context.sql.query('SELECT id FROM event')).toEqual([])
    const said = await server.query('SELECT id, type FROM event WHERE type =~ /^history/', 'linda')
    expect(said).toEqual([])
  })

  it('teaches an agent that could not read it at its start, as soon as it can', async () => {
    const port = await freePort()
    const server = await influxAt(port)
    const first = await sceneAt(port)
    const { bus } = first.context
    const ended = { attempt: 1, method: 'qr', outcome: 'linked', inARow: 0, viewed: true, ms: 9 } as const
    for (const watchedMs of [10_000, 20_000])
      bus.emit('pairing.ended', { ...ended, watchedMs }, { account: 'p1' })
    await first.agent.stop('test')
    await server.stop()
    const second = await sceneAt(port)
    const scans = () => second.context.analyzer.metrics('p1').totalScans
    expect(scans()).toBe(0)
    second.context.bus.emit('pairing.ended', { ...ended, watchedMs: 30_000 }, { account: 'p1' })
    await server.start()
    await until('earlier scans are known', () => scans() > 1)
    expect(second.context.analyzer.metrics('p1')).toMatchObject({ totalScans: 3, averageQRScanTime: 20_000 })
  })
})

it('a password file that is not there ends the start', async () => {
  await expect(sceneAt(1, { username: 'linda', password_file: '/nowhere/pw' })).rejects.toThrow(
    /^history.influx.password_file: cannot read \/nowhere\/pw \(ENOENT/,
  )
  const folder = mkdtempSync(join(tmpdir(), 'linda-pw-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'pw'), '\n')
  const empty = sceneAt(1, { username: 'linda', password_file: join(folder, 'pw') })
  await expect(empty).rejects.toThrow(HistoryError)
})
