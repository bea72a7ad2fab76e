// The shape of a report as JSON: times ISO 8601, durations milliseconds, shares 0 to 1; null is "not known".

import { z } from 'zod'
import { reportTypes } from '../../words.ts'
import { accountId, count, duration, poolId, time } from './scalars.ts'

const known = z.number().nullable()

export const direction = z.enum(['rising', 'falling', 'steady', 'unknown'])
const qr = z
  .strictObject({ generated: count, regenerations: count, scans: count, averageTimeToConnect: known })
  .meta({ id: 'QrFigures' })
const messages = z
  .strictObject({
    acknowledged: known,
    failed: count,
    failedAttempts: count,
    processed: known,
    meanTimeToAck: known,
  })
  .meta({ id: 'MessageFigures' })

const account = z
  .strictObject({
    account: accountId,
    phone: z.string().meta({ description: 'Masked, unless the configuration says otherwise.' }),
    pool: poolId,
    role: z.string(),
    region: z.string(),
    known: z.boolean(),
    health: z.strictObject({
      now: known,
      mean: known,
      lowest: known,
      slopePerDay: known,
      direction,
      samples: count,
    }),
    recovery: z.strictObject({
      reliability: known,
      uptime: known,
      outages: count,
      recoveries: count,
      meanTimeToRecovery: known,
    }),
    qr,
    messages,
    failovers: z.record(z.string(), count),
    issues: z.array(
      z.strictObject({
        issue: z.string(),
        severity: z.string(),
        times: count,
        heldMs: duration,
        holds: z.boolean(),
        recommendation: z.string(),
      }),
    ),
  })
  .meta({ id: 'AccountReport' })

const totals = z
  .strictObject({
    accounts: count,
    known: count,
    health: z.strictObject({ mean: known, lowest: known }),
    reliability: known,
    uptime: known,
    outages: count,
    recoveries: count,
    meanTimeToRecovery: known,
    qr,
    messages,
    failovers: count,
    issues: count,
  })
  .meta({ id: 'FleetTotals' })

export const report = z
  .strictObject({
    type: z.enum(reportTypes),
    from: time,
    until: time,
    madeAt: time,
    timezone: z.string(),
    thresholds: z.strictObject({
      healthyFrom: z.number(),
      unhealthyBelow: z.number(),
      hysteresis: z.number().optional(),
    }),
    fleet: totals,
    before: totals.nullable(),
    worst: z.array(
      z.strictObject({
        account: accountId,
        points: z.array(z.strictObject({ at: time, score: known })),
      }),
    ),
    outageTimes: z.array(z.array(count)).meta({ description: 'By weekday (Monday first) and hour.' }),
    accounts: z.array(account),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Report' })
