// A hundred may read at a time, and whoever leaves, in whatever way, makes room for the next.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { listen } from '../../../../agent/http.ts'
import { until } from '../../../harness/until.ts'
import { type AdminStage, adminStage, problem, tokens } from '../stage.ts'
import { follow, type Reader } from './reader.ts'

const linking = '/api/dashboard/connections/uae-1/linking'
const crowd = (ask: () => Promise<Response>): Promise<Reader[]> =>
  Promise.all(Array.from({ length: 100 }, async () => follow(await ask())))

/** Subscriptions that a stream has made and not given back. */
function subscriptions({ bus }: AdminStage): () => number {
  let held = 0
  const onAny = bus.onAny.bind(bus)
  vi.spyOn(bus, 'onAny').mockImplementation((listener) => {
    held += 1
    const leave = onAny(listener)
    return () => {
      held -= 1
      leave()
    }
  })
  return () => held
}

describe('the hundred and first', () => {
  it('is refused with the time to come back, and gets in when one has left', async () => {
    const { ask } = await adminStage(2)
    const readers = await crowd(() => ask(linking))
    const refused = await ask('/api/dashboard/connections/uae-2/linking')
    expect(refused.headers.get('retry-after')).toBe('30')
    expect(await problem(refused)).toEqual([503, 'too-many-streams', expect.stringContaining('100')])
    await readers[50]?.leave()
    const late = await until('room', async () => {
      const answer = await ask(linking)
      return answer.ok && answer
    })
    await follow(late).sees('waiting')
    expect((await ask(linking)).status).toBe(503)
  })

  it('gets in when a hundred were linked, and nothing of them is left', async () => {
    const stage = await adminStage()
    const held = subscriptions(stage)
    const readers = await crowd(() => stage.ask(linking))
    expect(held()).toBe(100)
    stage.server.last.to.open()
    for (const reader of readers) await reader.end()
    await until('room for all', () => held() === 0)
    const [first] = await crowd(() => stage.ask(linking))
    await first?.sees('linked')
    expect(stage.errors).toEqual([])
  })

  it('refusals take no place: after a thousand of them as many fit as before', async () => {
    const { ask } = await adminStage()
    const readers = await crowd(() => ask(linking))
    for (let i = 0; i < 200; i++) expect((await ask(linking)).status).toBe(503)
    for (const reader of readers) await reader.leave()
    await until('room', async () => {
      const answer = await ask(linking)
      if (answer.ok) await follow(answer).leave()
      return answer.ok
    })
    await crowd(() => ask(linking))
  })
})

describe('over a network', () => {
  async function served(): Promise<AdminStage & { url: string }> {
    const stage = await adminStage()
    const listener = await listen(stage.app, { host: '127.0.0.1', port: 0 }, 'test')
    onTestFinished(() => listener.close(0))
    return { ...stage, url: listener.url }
  }
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
})
