// What single values look like in the API: ids, phones, times, whole numbers.

import { z } from 'zod'

const isoText = '2026-11-20T21:00:00.000Z'

/** As the agent writes times. */
export const time = z.iso
  .datetime({ precision: 3 })
  .meta({ id: 'Time', description: 'ISO 8601 in UTC, to the millisecond.', example: isoText })
export const timeOrNull = time.nullable()

/** As a caller may write a moment; milliseconds since the epoch from then on. */
export const moment = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time, for example 2026-11-20T21:00:00Z' })
  .transform((text) => Date.parse(text))

export const accountId = z.string().meta({
  id: 'AccountId',
  description: 'Short opaque id of an account; in paths its phone will do.',
  example: 'uae-1',
})
export const phone = z.string().meta({
  id: 'Phone',
  description: 'E.164 with its plus sign.',
  example: '+971505760056',
})
export const poolId = z.string().meta({ id: 'PoolId', description: 'Id of a pool.', example: 'sales' })
/** The name of a pool or an account in a query, known here or not: no store has one with a control character in it. */
export const nameInQuery = z
  .string()
  .max(64)
  .regex(/^\P{Cc}*$/u, 'allowed: no control characters')
/** Milliseconds. */
export const duration = z.number().meta({ description: 'Milliseconds.' })
export const count = z.int().min(0)
export const score = z.number().min(0).max(100).nullable()
export const ratio = z.number().min(0).max(1)

/** The account of a path. */
export const accountPath = z.strictObject({
  phoneNumber: z.string().min(1).meta({
    description: 'Id of the account, or its phone with or without the plus sign.',
    example: 'uae-1',
  }),
})

/** A whole number as a query has it: digits and nothing else. */
export function whole(least: number, most: number) {
  const error = `allowed: a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,10}$/, error)
    .transform(Number)
    .pipe(z.int({ error }).min(least, error).max(most, error))
}

/** Whether it can be the id of a row that has one. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}
