// Gauges that show what was learned about scan times, read anew at every scrape.

import type { Gauge } from 'prom-client'
import { fillWhenRead, type Instruments } from './instruments.ts'

/** Times in milliseconds; null while nothing is known. */
export interface LearnedView {
  windowMs: number
  confidence: number
  medianMs: number | null
  p95Ms: number | null
}

export interface LearningView {
  accounts(): (LearnedView & { id: string })[]
  fleet(): LearnedView
}

export function followLearning(to: Instruments, learning: LearningView): void {
  fillWhenRead(to.gauge('pairingWindow'), (gauge) => {
    for (const { id, windowMs } of learning.accounts()) gauge.set({ account: id }, windowMs / 1000)
  })
  fillWhenRead(to.gauge('pairingConfidence'), (gauge) => {
    for (const { id, confidence } of learning.accounts()) gauge.set({ account: id }, confidence)
  })
  fillWhenRead(to.gauge('scanQuantile'), (gauge) => {
    for (const { id, ...learned } of learning.accounts()) setQuantiles(gauge, { account: id }, learned)
  })
  fillWhenRead(to.gauge('fleetScanQuantile'), (gauge) => setQuantiles(gauge, {}, learning.fleet()))
}

function setQuantiles(gauge: Gauge, labels: Record<string, string>, { medianMs, p95Ms }: LearnedView): void {
  if (medianMs !== null) gauge.set({ ...labels, quantile: '0.5' }, medianMs / 1000)
  if (p95Ms !== null) gauge.set({ ...labels, quantile: '0.95' }, p95Ms / 1000)
}
