// A backup over the admin API: HEAD costs nothing, and a reader that does not read keeps nobody waiting.

import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { openScene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

it('neither a HEAD nor a reader that stops reading holds the store', async () => {
  const scene = await openScene({ paired: 1 })
  try {
    const { sql } = scene.context
    for (let i = 0; i < 5_000; i++)
      await sql.query("INSERT INTO event (id, at, type, account, data) VALUES ($1, 1, 't.t', NULL, $2)", [
        `e${i}`,
        JSON.stringify('x'.repeat(1_000)),
      ])
    expect((await scene.ask('/api/store/backup', { method: 'HEAD' })).status).toBe(405)
    const { hostname, port } = new URL(scene.agent.adminUrl)
    const reader = connect(Number(port), hostname)
    reader.write(`GET /api/store/backup HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${scene.token}\r\n\r\n`)
    reader.pause()
    await scene.events.first('store.backed-up', { withinMs: 20_000 })
    const startedAt = performance.now()
    await sql.query('UPDATE schema_version SET version = version')
    expect((await fetch(`${scene.agent.metricsUrl}/readyz`)).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    reader.destroy()
    const text = await (await scene.ask('/api/store/backup')).text()
    expect(text.trim().split('\n').at(-1)).toMatch(/^\{"rows":5\d{3},"sha256"/)
    await until('both were told', () => scene.events.of('store.backed-up').length === 2)
  } finally {
    await scene.close()
  }
}, 60_000)
