// A hundred may read at a time, and whoever leaves, in whatever way, makes room for the next.

import { describe, expect, it } from 'vitest'
import { until } from '../../../harness/until.ts'
import { adminStage, problem } from '../stage.ts'
import { crowd, subscriptions } from './crowd.ts'
import { follow } from './reader.ts'

const linking = '/api/dashboard/connections/uae-1/linking'

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
