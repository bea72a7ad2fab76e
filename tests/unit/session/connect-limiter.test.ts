// Never more connects at once than allowed, nobody is forgotten, and a place cannot be given back twice.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConnectLimiter, type Place } from '../../../agent/session/connect-limiter.ts'

const never = new AbortController().signal
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

it('holds the limit, serves in order and loses nobody, whatever is released or aborted when', async () => {
  const action = fc.constantFrom('take', 'release', 'abort-oldest', 'abort-newest')
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(action, { maxLength: 40 }),
      async (n, actions) => {
        const limiter = new ConnectLimiter(n)
        const waiting: { id: number; controller: AbortController }[] = []
        const held: Place[] = []
        const served: number[] = []
        let refused = 0
        for (const [id, act] of actions.entries()) {
          if (act === 'take') {
            const entry = { id, controller: new AbortController() }
            waiting.push(entry)
            limiter.take(entry.controller.signal).then(
              (place) => {
                held.push(place)
                served.push(id)
                waiting.splice(waiting.indexOf(entry), 1)
              },
              () => (refused += 1),
            )
          } else if (act === 'release') held.shift()?.release()
          else {
            const gone = act === 'abort-oldest' ? waiting.shift() : waiting.pop()
            gone?.controller.abort(new Error('gone'))
          }
          await settle()
          expect(held.length).toBeLessThanOrEqual(n)
          expect(limiter.opening).toBe(held.length)
          expect(limiter.waiting).toBe(waiting.length)
          if (waiting.length > 0) expect(held.length).toBe(n)
        }
        while (held.length > 0) {
          held.shift()?.release()
          await settle()
        }
        expect(served).toEqual(served.toSorted((a, b) => a - b))
        expect(served.length + refused).toBe(actions.filter((act) => act === 'take').length)
        expect(limiter.opening).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
})

it('a place given back twice is one place', async () => {
  const limiter = new ConnectLimiter(1)
  const first = await limiter.take(never)
  first.release()
  const second = await limiter.take(never)
  first.release()
  await settle()
  expect(limiter.opening).toBe(1)
  let third = false
  void limiter.take(never).then(() => (third = true))
  await settle()
  expect(third).toBe(false)
  second.release()
  await settle()
  expect(third).toBe(true)
})

it('who gives up while waiting is told why and is no longer in the way', async () => {
  const limiter = new ConnectLimiter(1)
  const holder = await limiter.take(never)
  const leaving = new AbortController()
  const left = limiter.take(leaving.signal)
  const next = limiter.take(never)
  leaving.abort(new Error('asked'))
  await expect(left).rejects.toThrow('asked')
  expect(limiter.waiting).toBe(1)
  holder.release()
  expect((await next).waitedMs).toBeGreaterThanOrEqual(0)
})

it('who gave up before asking gets no place', async () => {
  const limiter = new ConnectLimiter(1)
  await expect(limiter.take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
  expect(limiter.opening).toBe(0)
})
