// A whole agent tells its readers what happens to real sessions, counts what it tells, and says goodbye within a second of being stopped.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { openScene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'
import { openSocket } from '../unit/admin/live/follow.ts'

it('from the first connection to the stop', async () => {
  const scene = await openScene({ paired: 2 })
  onTestFinished(() => scene.close())
  const headers = { authorization: `Bearer ${scene.token}` }
  const url = `${scene.agent.adminUrl.replace('http', 'ws')}/ws/dashboard/status`
  const reader = await openSocket(new WebSocket(url, { headers }))
  const first = await reader.sees('snapshot')
  expect(first.connections.map(({ account }: { account: string }) => account)).toEqual(['p1', 'p2'])
  await scene.allUp()
  await until('both are told to be connected', () => {
    const rows = new Map<string, string>()
    for (const { account, status } of first.connections) rows.set(account, status)
    for (const { account, data } of reader.frames)
      if (data?.connection) rows.set(account, data.connection.status)
    return [...rows.values()].every((status) => status === 'CONNECTED')
  })
  // All may have been connected before the stream began: something has to change.
  await scene.simulator.client.fault({ account: scene.phones.get('p1') as string, fault: { kind: 'reset' } })
  await reader.sees('connection:status-changed')
  await scene.allUp()
  const metrics = await (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
  expect(metrics).toContain('linda_live_clients{transport="websocket"} 1')
  expect(metrics).toMatch(/linda_live_frames_total\{transport="websocket"\} [1-9]/)
  expect(metrics).toMatch(/linda_live_delay_seconds_count [1-9]/)
  const stoppedAt = performance.now()
  const stopped = scene.agent.stop('test')
  expect(await reader.end()).toEqual({ code: 1001, reason: 'the agent stops' })
  expect(performance.now() - stoppedAt).toBeLessThan(1_000)
  await stopped
})

it('linda status --watch follows it and ends with status 0 on Ctrl-C', async () => {
  const scene = await openScene({ paired: 1 })
  onTestFinished(() => scene.close())
  await scene.allUp()
  const tokenFile = join(scene.directory, 'token')
  writeFileSync(tokenFile, scene.token)
  const env = { ...process.env, LINDA_URL: scene.agent.adminUrl, LINDA_TOKEN_FILE: tokenFile }
  const linda = spawn(process.execPath, ['agent/main.ts', 'status', '--watch'], { env })
  let said = ''
  for (const pipe of [linda.stdout, linda.stderr])
    pipe.on('data', (data) => {
      said += data
    })
  const ended = new Promise<number | null>((resolve) => linda.once('exit', resolve))
  await until(
    () => said,
    () => /^p1 +CONNECTED/m.test(said),
  )
  linda.kill('SIGINT')
  expect(await ended).toBe(0)
  await until('no reader', () => scene.context.live.clients().sse === 0)
})
