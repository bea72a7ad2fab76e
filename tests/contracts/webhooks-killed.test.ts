// A process that writes and delivers notices is killed at many moments: what it had committed arrives, in the order of its lane.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { until } from '../harness/until.ts'
import type { WebhookOrders } from '../harness/webhook-process.ts'
import { onBothDrivers } from './drivers.ts'
import { quick, SECRET, stage } from './webhooks.ts'

const script = join(import.meta.dirname, '../harness/webhook-process.ts')
const KILLS = 5
const lanes = ['c0', 'c1', 'c2']
/** Short, because on a server the next process waits for what a dead one held. */
const settings = { ...quick, holdMoreMs: 100 }

/** Kills it some milliseconds after so many commits; answers what it said it had committed. */
async function killedAfter(commits: number, ms: number, orders: WebhookOrders): Promise<number[]> {
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await until('it commits', () => said.split('\n').length > commits, 20_000)
  await sleep(ms)
  child.kill('SIGKILL')
  await ended
  // The last line may be half of one.
  return said.split('\n').slice(0, -1).map(Number)
}

onBothDrivers((driver) => {
  it('nothing that was committed is lost', async () => {
    const { url, receiver, sql, another, settled } = await stage(driver, {
      idle: true,
      settings,
      answer: ({ body }) => (body.data.n % 11 === 0 ? 'reset' : 204),
    })
    // A file belongs to one process.
    if (driver.name === 'sqlite') await sql.close()
    const committed: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const orders = {
        store: url,
        receiver: receiver.url,
        secret: SECRET,
        lanes,
        from: kill * 100_000,
        settings,
      }
      committed.push(...(await killedAfter(1 + 8 * kill, 3 * kill, orders)))
    }
    receiver.answer = () => 204
    await finish()
    const taken = new Set(receiver.taken.map(({ body }) => body.data.n))
    expect(committed.filter((n) => !taken.has(n))).toEqual([])
    expect(committed.length).toBeGreaterThanOrEqual(KILLS + 80)
    for (const lane of lanes) {
      const order = [
        ...new Set(
          receiver.taken.filter(({ body }) => body.data.lane === lane).map(({ body }) => body.data.n),
        ),
      ]
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    }
    // What came twice came as the same delivery.
    const ids = new Map(receiver.received.map(({ id, body }) => [body.data.n, id]))
    for (const { id, body } of receiver.received) expect(ids.get(body.data.n)).toBe(id)

    async function finish(): Promise<void> {
      if (driver.name === 'postgres') {
        await another()
        return settled(20_000)
      }
      const reopened = await stage(driver, { url, settings, receiver })
      await reopened.settled(20_000)
    }
  }, 90_000)
})
