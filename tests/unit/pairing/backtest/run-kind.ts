// A thread of its own: every policy on every seed of one kind of trace.

import { parentPort, workerData } from 'node:worker_threads'
import { type Kind, runsOf } from './runs.ts'

parentPort?.postMessage(runsOf(workerData as Kind))
