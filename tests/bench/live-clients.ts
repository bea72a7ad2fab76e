// Readers of the live stream in a thread of their own: when each frame arrived at each of them, by a clock that both threads share.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { WebSocket } from 'ws'

export interface Readers {
  /** Resolves when every reader has its snapshot. */
  ready: Promise<void>
  /** When each frame up to this one arrived: by its number, the nanoseconds of process.hrtime at each reader. */
  arrived(upTo: number): Promise<Map<number, bigint[]>>
  close(): Promise<unknown>
}

export function openReaders(url: string, token: string, count: number): Readers {
  const worker = new Worker(new URL(import.meta.url), { workerData: { liveUrl: url, token, count } })
  const once = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  return {
    ready: once<void>(),
    arrived(upTo) {
      worker.postMessage(upTo)
      return once()
    },
    close: () => worker.terminate(),
  }
}

async function read(url: string, token: string, count: number): Promise<void> {
  const arrived = new Map<number, bigint[]>()
  let waiting: number | null = null
  const headers = { authorization: `Bearer ${token}` }
  const last = new Array<number>(count).fill(0)
  const tell = (): void => {
    if (waiting === null || last.some((seq) => seq < (waiting ?? 0))) return
    waiting = null
    parentPort?.postMessage(arrived)
    arrived.clear()
  }
  const open = (n: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const ws = new WebSocket(url, { headers })
      ws.once('error', reject)
      ws.on('close', () => {
        throw new Error(`reader ${n} was closed`)
      })
      ws.on('message', (data: Buffer) => {
        const at = process.hrtime.bigint()
        // The frame begins with its number; reading all of it would be measured too.
        const seq = Number.parseInt(data.toString('latin1', 7, 20), 10)
        const first = last[n] === 0
        last[n] = Math.max(1, seq)
        if (first) return resolve()
        const times = arrived.get(seq)
        if (times) times.push(at)
        else arrived.set(seq, [at])
        tell()
      })
    })
  parentPort?.on('message', (upTo: number) => {
    waiting = upTo
    tell()
  })
  for (let n = 0; n < count; n += 20)
    await Promise.all(Array.from({ length: Math.min(20, count - n) }, (_, i) => open(n + i)))
  parentPort?.postMessage(undefined)
}

if (!isMainThread && workerData?.liveUrl) await read(workerData.liveUrl, workerData.token, workerData.count)
