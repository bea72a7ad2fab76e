// Bad news is believed at once; good news only when it is clear.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HealthStatus, healthStatuses, statusOf } from '../../../agent/health/status.ts'
import { thresholds } from './settings.ts'

it.each<[number | null, HealthStatus, HealthStatus]>([
  [80, 'unknown', 'healthy'],
  [79.9, 'unknown', 'warning'],
  [59.9, 'unknown', 'unhealthy'],
  [79.9, 'healthy', 'warning'],
  [82.9, 'warning', 'warning'],
  [83, 'warning', 'healthy'],
  [62.9, 'unhealthy', 'unhealthy'],
  [63, 'unhealthy', 'warning'],
  [81, 'unhealthy', 'warning'],
  [90, 'unhealthy', 'healthy'],
  [25, 'healthy', 'unhealthy'],
  [null, 'healthy', 'unknown'],
])('%s after %s is %s', (score, before, status) => {
  expect(statusOf(score, before, thresholds)).toBe(status)
})

it('a score that trembles by less than the hysteresis changes the status once at most', () => {
  const tremble = fc.array(fc.double({ min: -1.4, max: 1.4, noNaN: true }), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(fc.double({ min: 2, max: 98, noNaN: true }), tremble, (middle, steps) => {
      let status: HealthStatus = 'unknown'
      let changes = -1
      for (const step of steps) {
        const next = statusOf(middle + step, status, thresholds)
        if (next !== status) changes += 1
        status = next
      }
      expect(changes).toBeLessThanOrEqual(1)
      expect(healthStatuses).toContain(status)
    }),
  )
})
