// Gauges that show health: the scores as they stand in memory, and one series for each diagnosis that holds.

import { fillWhenRead, type Instruments } from './instruments.ts'

export interface HealthView {
  accounts(): {
    account: string
    score: number | null
    confidence: number
    factors: readonly { name: string; score: number | null }[]
    findings: readonly { issue: string; severity: string }[]
  }[]
  fleet(): { score: number | null }
}

export function followHealth(to: Instruments, health: HealthView): void {
  fillWhenRead(to.gauge('healthScore'), (gauge) => {
    for (const { account, score } of health.accounts()) if (score !== null) gauge.set({ account }, score)
  })
  fillWhenRead(to.gauge('healthConfidence'), (gauge) => {
    for (const { account, confidence } of health.accounts()) gauge.set({ account }, confidence)
  })
  fillWhenRead(to.gauge('healthFactor'), (gauge) => {
    for (const { account, factors } of health.accounts())
      for (const { name, score } of factors)
        if (score !== null) gauge.set({ account, factor: snake(name) }, score)
  })
  fillWhenRead(to.gauge('diagnosisActive'), (gauge) => {
    for (const { account, findings } of health.accounts())
      for (const { issue, severity } of findings) gauge.set({ account, issue, severity }, 1)
  })
  fillWhenRead(to.gauge('fleetHealthScore'), (gauge) => {
    const { score } = health.fleet()
    if (score !== null) gauge.set(score)
  })
}

/** As the configuration writes it. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
