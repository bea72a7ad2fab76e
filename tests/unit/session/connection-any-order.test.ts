// Whatever happens to a connection in whatever order, it ends once and its place goes to the next one.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { asked, pass, stage } from './connection-stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('any order of what can happen', () => {
  const step = fc.constantFrom('open', 'code', 'frame', 'drop', 'ask', 'second', 'minute')
  it('ends at most once and always gives the place back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { dial, server, connection, closes, limiter } = stage()
        await dial()
        let open = false
        for (const what of steps) {
          if (what === 'ask') connection.close(asked)
          else if (what === 'second') await pass(1_000)
          else if (what === 'minute') await pass(60_000)
          else if (closes.length > 0) continue
          else if (what === 'drop') server.last.drop('connection-closed', 428)
          else if (what === 'frame') server.last.to.frame()
          else if (open)
            continue // a server accepts a login once
          else if (what === 'code') server.last.to.code('CODE', 60_000)
          else {
            open = true
            server.last.to.open()
          }
        }
        connection.close(asked)
        await pass()
        expect(closes).toHaveLength(1)
        expect(limiter.opening).toBe(0)
        expect(vi.getTimerCount()).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})
