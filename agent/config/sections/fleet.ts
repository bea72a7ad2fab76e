// pools and accounts: the WhatsApp numbers of the fleet and which of them may stand in for one another.

import { z } from 'zod'
import { id, phone } from '../ids.ts'
import { integer, number, oneOf } from '../scalars.ts'

/** The pool that exists when the file names none. */
export const impliedPool = 'default'

const pool = z.strictObject({
  id: id({ about: 'Name of the pool. No two pools share it.', example: 'sales' }),
  strategy: oneOf(['least-loaded', 'round-robin', 'priority', 'geo'], {
    about: 'Which account of the pool a new conversation goes to.',
  }).prefault('least-loaded'),
  failover: oneOf(['auto', 'manual'], {
    about: 'Whether the agent or a person hands the work of a failed account to another one.',
  }).prefault('auto'),
})

const account = z.strictObject({
  id: id({
    about: 'Name of the account in metrics, logs and the API. No two accounts share it.',
    example: 'uae-1',
  }),
  phone: phone({ about: 'Its number, quoted. No two accounts share it.' }),
  pool: id({
    about: `Pool that it belongs to, one of \`pools\`. Where the file names no pools it is \`${impliedPool}\` and may be left out.`,
    example: 'sales',
  }).optional(),
  role: oneOf(['primary', 'backup'], {
    about: 'Whether it carries traffic at all times or only in place of others.',
  }).prefault('primary'),
  priority: integer({ min: 1, max: 100, about: 'Accounts with a lower number are used first.' }).prefault(1),
  weight: number({
    min: 0.1,
    max: 100,
    about: 'Its share of the traffic among accounts of equal priority.',
  }).prefault(1),
  region: id({ about: 'Where it belongs; without one it takes `node.region`.', example: 'uae' }).optional(),
})

export const pools = z.array(pool).prefault([])
export const accounts = z.array(account).prefault([])
