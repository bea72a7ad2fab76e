// routing: how gently accounts come back, and when failing ones are left out for a while.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { integer, oneOf } from '../scalars.ts'

export const routing = z
  .strictObject({
    slow_start: duration({
      min: '0s',
      max: '24h',
      about:
        'For so long an account that comes back from maintenance, a failover or an ejection gets less than its weight, from a tenth upwards.',
    }).prefault('5m'),
    ejection: oneOf(['on', 'shadow', 'off'], {
      about:
        'Whether an account gets no new conversations for a while after failures in a row; `shadow` only says which would get none.',
    }).prefault('on'),
    ejection_failures: integer({
      min: 2,
      max: 1000,
      about:
        'So many failures in a row eject an account: for 30 s, each further time for 30 s more, up to 10 min.',
    }).prefault(5),
  })
  .transform((s) => ({
    slowStartMs: s.slow_start,
    ejection: s.ejection,
    ejectionFailures: s.ejection_failures,
  }))
