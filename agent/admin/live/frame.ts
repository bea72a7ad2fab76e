// One change as the stream tells it, numbered within one run of the agent.

import type { FrameType, Told } from './table.ts'
import { type Wire, wireOf } from './wire.ts'

/** What a view decides by, and the bytes. */
export interface Frame {
  readonly seq: number
  readonly type: FrameType
  readonly account: string | null
  readonly pool: string | null
  readonly wire: Wire
}

export interface Subject {
  account: string
  pool: string
  phoneNumber: string
  /** The account as `GET /api/dashboard/connections` lists it at the moment of the frame. */
  connection: object
}

/**
 * @param stream id of the run
 * @param at milliseconds since the epoch
 * @param about the account or pool; nothing where the whole node is meant
 */
export function makeFrame(
  stream: string,
  seq: number,
  at: number,
  { type, data }: Told,
  about: Subject | { account?: string | undefined; pool?: string | undefined },
): Frame {
  const { account = null, pool = null } = about
  const known = 'connection' in about ? about : null
  const value = {
    seq,
    at: new Date(at).toISOString(),
    type,
    account,
    ...(known && { phoneNumber: known.phoneNumber }),
    data: known ? { ...data, connection: known.connection } : data,
  }
  return { seq, type, account, pool, wire: wireOf(`${stream}.${seq}`, type, value) }
}
