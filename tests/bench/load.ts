// Requests for messages from a thread of its own, at a rate or as fast as they are answered, so that whoever is measured does not measure itself.

import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface Load {
  url: string
  token: string
  bodies: readonly string[]
  /** Requests a second, begun in time whatever the answers take; null: `abreast` at once. */
  perSecond: number | null
  abreast: number
}

export interface LoadResult {
  tookMs: number[]
  refused: number
  seconds: number
}

/** Resolves when every request was answered. */
export function load(of: Load): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: of })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

async function run({ url, token, bodies, perSecond, abreast }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: abreast })
  const result: LoadResult = { tookMs: [], refused: 0, seconds: 0 }
  const prefix = randomUUID()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  /** @param dueAt when it should have begun: what waits for its turn has waited */
  const post = (body: string, n: number, dueAt: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const call = request(
        `${url}/api/messages`,
        { method: 'POST', agent, headers: { ...headers, 'idempotency-key': `${prefix}-${n}` } },
        (response) => {
          response.resume()
          response.once('end', () => {
            result.tookMs.push(performance.now() - dueAt)
            if (response.statusCode !== 202) result.refused += 1
            resolve()
          })
        },
      )
      call.once('error', reject)
      call.end(body)
    })
  const startedAt = performance.now()
  if (perSecond === null) {
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < bodies.length) {
        const n = next++
        await post(bodies[n] as string, n, performance.now())
      }
    }
    await Promise.all(Array.from({ length: abreast }, lane))
  } else {
    const all: Promise<void>[] = []
    while (all.length < bodies.length) {
      const due = Math.min(bodies.length, Math.floor(((performance.now() - startedAt) * perSecond) / 1000))
      while (all.length < due) {
        const n = all.length
        all.push(post(bodies[n] as string, n, startedAt + (n * 1000) / perSecond))
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all(all)
  }
  result.seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  return result
}

if (!isMainThread && workerData?.bodies) parentPort?.postMessage(await run(workerData as Load))
