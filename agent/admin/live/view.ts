// What a reader wants to see, from the query of its request; a word that nobody knows is refused with those that are known.

import type { Frame } from './frame.ts'
import { type FrameType, frameTypes } from './table.ts'

/** Null lets everything through. Sorted, so that equal views have equal keys. */
export interface View {
  accounts: readonly string[] | null
  pools: readonly string[] | null
  types: readonly FrameType[] | null
}

/** Where a reader was: a number counts only together with the run that gave it out. */
export interface Place {
  stream: string
  seq: number
}

export interface Known {
  /** The id of an account by its id or phone. */
  account(key: string): string | undefined
  pools(): readonly string[]
}

/** What is wrong with a query, in words. */
export class BadView extends Error {}

const names = ['account', 'pool', 'type', 'since', 'stream']
/** Enough for every account by name of a fleet, and no more. */
const MOST_WORDS = 1_000

/**
 * Each of `account`, `pool` and `type` may stand there several times, or have several values with commas between them. Throws BadView.
 * @param query the values by name
 */
export function readQuery(
  query: Readonly<Record<string, readonly string[]>>,
  known: Known,
): { view: View; place: Place | null } {
  for (const name of Object.keys(query))
    if (!names.includes(name)) refuse('query', name, names.map((each) => `?${each}=`).join(', '))
  const accounts = words(query, 'account', (word) => known.account(word), 'the id or phone of an account')
  const pools = known.pools()
  const view = {
    accounts,
    pools: words(query, 'pool', (word) => pools.find((pool) => pool === word), list(pools)),
    types: words(query, 'type', (word) => frameTypes.find((type) => type === word), frameTypes.join(', ')),
  }
  return { view, place: placeOf(query) }
}

/** The id of the last server-sent event that a reader has seen; null where it is none of ours. */
export function readEventId(id: string | undefined): Place | null {
  const [, stream, seq] = /^([0-9a-f]{16})\.(\d{1,15})$/.exec(id ?? '') ?? []
  return stream === undefined ? null : { stream, seq: Number(seq) }
}

export function keyOf(view: View): string {
  return JSON.stringify([view.accounts, view.pools, view.types])
}

export function sees({ accounts, pools, types }: View, { type, account, pool }: Frame): boolean {
  if (types !== null && !types.includes(type)) return false
  return seesAccount({ accounts, pools }, account, pool)
}

/** What is of the whole node is seen by those who want everything. */
export function seesAccount(
  { accounts, pools }: Pick<View, 'accounts' | 'pools'>,
  account: string | null,
  pool: string | null,
): boolean {
  if (accounts !== null && (account === null || !accounts.includes(account))) return false
  return pools === null || (pool !== null && pools.includes(pool))
}

function words<T extends string>(
  query: Readonly<Record<string, readonly string[]>>,
  name: string,
  find: (word: string) => T | undefined,
  allowed: string,
): T[] | null {
  const given = query[name]?.flatMap((value) => value.split(','))
  if (given === undefined) return null
  if (given.length > MOST_WORDS) refuse(name, `${given.length} values`, `${MOST_WORDS} at most`)
  const found = given.map((word) => find(word) ?? refuse(name, word, allowed))
  return [...new Set(found)].sort()
}

function placeOf({ since, stream }: Readonly<Record<string, readonly string[]>>): Place | null {
  if (since === undefined && stream === undefined) return null
  const [seq = '', ...more] = since ?? []
  const [run = ''] = stream ?? []
  if (!/^\d{1,15}$/.test(seq) || more.length > 0)
    refuse('since', since?.join() ?? 'nothing', 'one number, the seq of a frame')
  // A number alone could be of another run of the agent, and would hide what happened in between.
  if (!/^[0-9a-f]{16}$/.test(run) || stream?.length !== 1)
    refuse('stream', stream?.join() ?? 'nothing', 'the stream of the snapshot, beside since')
  return { stream: run, seq: Number(seq) }
}

function list(pools: readonly string[]): string {
  return pools.length > 20 ? 'the id of a pool' : pools.join(', ')
}

function refuse(name: string, found: string, allowed: string): never {
  throw new BadView(`${name}: found "${found.slice(0, 64)}", allowed: ${allowed}`)
}
