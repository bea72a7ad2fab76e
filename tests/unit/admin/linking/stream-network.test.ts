// A reader who leaves over a network, before, during or after an answer, leaves nothing behind in the agent.

import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../../../../agent/http.ts'
import { until } from '../../../harness/until.ts'
import { type AdminStage, adminStage, tokens } from '../stage.ts'
import { crowd, subscriptions } from './crowd.ts'
import { follow } from './reader.ts'

async function served(): Promise<AdminStage & { url: string }> {
  const stage = await adminStage()
  const listener = await listen(stage.app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  return { ...stage, url: listener.url }
}
const linking = '/api/dashboard/connections/uae-1/linking'
const headers = { authorization: `Bearer ${tokens.operator}` }

it('a hundred pages that are closed leave room for a hundred more, three times over', async () => {
  const stage = await served()
  const held = subscriptions(stage)
  for (let round = 0; round < 3; round++) {
    const pages = new AbortController()
    const get = () => fetch(stage.url + linking, { headers, signal: pages.signal })
    const readers = await crowd(get)
    await Promise.all(readers.map((reader) => reader.sees('waiting')))
    expect((await get()).status).toBe(503)
    pages.abort()
    await until('nobody reads any more', () => held() === 0)
  }
  expect(stage.errors).toEqual([])
})

it('somebody who leaves before the answer, or in the middle of a code, is gone as well', async () => {
  const stage = await served()
  const held = subscriptions(stage)
  stage.server.last.to.code('2@CODE', 60_000)
  for (let i = 0; i < 40; i++) {
    const page = new AbortController()
    const asked = fetch(stage.url + linking, { headers, signal: page.signal }).catch(() => null)
    if (i % 2 === 0) await new Promise<void>((resolve) => setImmediate(resolve))
    else await asked
    page.abort()
    await asked
  }
  await until('nobody reads any more', () => held() === 0)
  expect(stage.errors).toEqual([])
})

it('somebody who reads on gets what happens while others come and go', async () => {
  const { url, server } = await served()
  const stays = follow(await fetch(url + linking, { headers }))
  for (let i = 1; i <= 5; i++) {
    const page = new AbortController()
    const other = follow(await fetch(url + linking, { headers, signal: page.signal }))
    server.last.to.code(`2@${i}`, 60_000)
    await other.sees('code')
    page.abort()
    await until('the code', () => stays.frames.at(-1)?.code === `2@${i}`)
  }
  server.last.to.open()
  await stays.end()
  expect(stays.frames.at(-1)?.state).toBe('linked')
})
