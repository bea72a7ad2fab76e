// Reads of one address at a rate, from a thread of its own, so that whoever is measured does not measure itself.

import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface Reads {
  url: string
  token: string
  /** Requests a second, begun in time whatever the answers take. */
  perSecond: number
  seconds: number
}

export interface ReadsResult {
  /** From when a request should have begun to the end of its answer, in milliseconds. */
  tookMs: number[]
  /** Answers that were not 200, and those that had not come a while after the last request was due. */
  refused: number
  /** Of one answer. */
  bytes: number
  seconds: number
}

/** What is not answered so long after the last request was due is not waited for, in milliseconds. */
const PATIENCE_MS = 10_000

/** Resolves when every request was answered, or has had its time. */
export function readAtRate(of: Reads): Promise<ReadsResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: of })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

async function run({ url, token, perSecond, seconds }: Reads): Promise<ReadsResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const result: ReadsResult = { tookMs: [], refused: 0, bytes: 0, seconds: 0 }
  const get = (dueAt: number): Promise<void> =>
    new Promise((resolve) => {
      const call = request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        response.once('end', () => {
          result.tookMs.push(performance.now() - dueAt)
          result.bytes = bytes
          if (response.statusCode !== 200) result.refused += 1
          resolve()
        })
      })
      // Cut off at the end, and counted there.
      call.once('error', () => resolve())
      call.end()
    })
  const startedAt = performance.now()
  const all: Promise<void>[] = []
  while (all.length < perSecond * seconds) {
    const elapsed = performance.now() - startedAt
    const due = Math.min(perSecond * seconds, Math.floor((elapsed * perSecond) / 1000))
    while (all.length < due) all.push(get(startedAt + (all.length * 1000) / perSecond))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const patience = new AbortController()
  await Promise.race([
    Promise.all(all),
    sleep(PATIENCE_MS, null, { signal: patience.signal }).catch(() => null),
  ])
  patience.abort()
  result.seconds = (performance.now() - startedAt) / 1000
  result.refused += all.length - result.tookMs.length
  agent.destroy()
  return result
}

if (!isMainThread) parentPort?.postMessage(await run(workerData as Reads))
