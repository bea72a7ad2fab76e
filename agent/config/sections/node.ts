// node: which process of the fleet this one is, and how much it may carry.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { id } from '../ids.ts'
import { integer } from '../scalars.ts'

export const node = z
  .strictObject({
    id: id({
      about: 'Name of this process in events, leases and the audit trail. No two processes share it.',
    }).prefault('node-1'),
    region: id({
      about: 'Where this process runs. Accounts without a region of their own take this one.',
    }).prefault('uae'),
    capacity: integer({
      min: 1,
      max: 100_000,
      about: 'How many sessions this process may hold at once.',
    }).prefault(1000),
    stop_within: duration({
      min: '100ms',
      max: '10m',
      about: 'How long an orderly stop may take before the process leaves what is unfinished.',
    }).prefault('10s'),
  })
  .transform((s) => ({ id: s.id, region: s.region, capacity: s.capacity, stopWithinMs: s.stop_within }))
