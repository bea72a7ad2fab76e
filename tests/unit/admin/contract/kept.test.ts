// Answers about the fleet are made once for those who see the same and ask at the same time, and never outlive what they say.

import { Hono } from 'hono'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { AdminEnv } from '../../../../agent/admin/auth.ts'
import { KEPT_AT_MOST_MS, KeptAnswers } from '../../../../agent/admin/contract/kept.ts'
import { Bus } from '../../../../agent/events.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})

/** @param costMs what making an answer takes, by the clock of the test */
function stage(costMs: number, status: 200 | 503 = 200) {
  const bus = new Bus('n1')
  const kept = new KeptAnswers(bus)
  const made: string[] = []
  let during = () => {}
  const app = new Hono<AdminEnv>()
  app.get('/list', (c) => {
    const pools = c.req.header('pools')?.split(',').filter(Boolean)
    c.set('caller', { name: 'x', role: 'viewer', via: 'token', ...(pools && { pools }) })
    return kept.answer(c, c.req.query('tag') !== undefined, async () => {
      vi.advanceTimersByTime(costMs)
      during()
      made.push(c.req.url)
      return c.json({ turn: made.length }, status, { link: '</next>; rel="next"' })
    })
  })
  const ask = async (path = '/list', pools?: string) => {
    const answer = await app.request(path, { headers: pools === undefined ? {} : { pools } })
    return { turn: ((await answer.json()) as { turn: number }).turn, headers: answer.headers }
  }
  const meanwhile = (happens: () => void): void => {
    during = happens
  }
  return { bus, ask, meanwhile }
}

it('many who ask at once get one answer, whole with its headers', async () => {
  const { ask } = stage(10)
  const [first, ...others] = [await ask(), await ask(), await ask()]
  for (const other of others) {
    expect(other.turn).toBe(1)
    expect([...other.headers]).toEqual([...first.headers])
  }
  expect(first.headers.get('link')).toContain('next')
  expect(first.headers.get('content-type')).toContain('application/json')
})

it.each([
  { costMs: 10, keptMs: 200 },
  { costMs: 1, keptMs: 20 },
  { costMs: 400, keptMs: KEPT_AT_MOST_MS },
])('what took $costMs ms is kept for $keptMs ms', async ({ costMs, keptMs }) => {
  const { ask } = stage(costMs)
  await ask()
  vi.advanceTimersByTime(keptMs - 1)
  expect((await ask()).turn).toBe(1)
  vi.advanceTimersByTime(2)
  expect((await ask()).turn).toBe(2)
})

it('what took no time is made anew', async () => {
  const { ask } = stage(0)
  expect([(await ask()).turn, (await ask()).turn]).toEqual([1, 2])
})

it('another query and other pools are other answers', async () => {
  const { ask } = stage(10)
  const turns: number[] = []
  const asks = [['/list'], ['/list?a=1'], ['/list?a=2'], ['/list', ''], ['/list', 'p1'], ['/list', 'p1,p2']]
  for (const [path, pools] of [...asks, ...asks]) turns.push((await ask(path, pools)).turn)
  expect(turns).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
})

describe('a change of the fleet', () => {
  const changed = (bus: Bus) => bus.emit('session.opened', {} as never, { account: 'a' })

  it('ends what is kept', async () => {
    const { ask, bus } = stage(10)
    await ask()
    changed(bus)
    expect((await ask()).turn).toBe(2)
  })

  it('while an answer is made, it is not kept', async () => {
    const { ask, bus, meanwhile } = stage(10)
    meanwhile(() => void changed(bus))
    await ask()
    meanwhile(() => {})
    expect([(await ask()).turn, (await ask()).turn]).toEqual([2, 2])
  })

  it('single messages, pings and requests are none', async () => {
    const { ask, bus } = stage(10)
    await ask()
    bus.emit('session.probed', {} as never, { account: 'a' })
    bus.emit('message.acked', {} as never, { account: 'a' })
    bus.emit('admin.answered', {} as never)
    expect((await ask()).turn).toBe(1)
  })
})

it('refusals are not kept', async () => {
  const { ask } = stage(10, 503)
  expect([(await ask()).turn, (await ask()).turn]).toEqual([1, 2])
})

it('the tag is that of the bytes, and only where one is wanted', async () => {
  const { ask } = stage(10)
  expect((await ask()).headers.get('etag')).toBeNull()
  const first = (await ask('/list?tag')).headers.get('etag')
  expect(first).toMatch(/^W\/"[0-9a-f]{40}"$/)
  expect((await ask('/list?tag')).headers.get('etag')).toBe(first)
  vi.advanceTimersByTime(KEPT_AT_MOST_MS)
  expect((await ask('/list?tag')).headers.get('etag')).not.toBe(first)
})
