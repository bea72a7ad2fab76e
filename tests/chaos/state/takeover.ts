// An agent is frozen, another one takes its accounts, the first is thawed: it tries to write, and nothing of the owner's may change.

import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../harness/until.ts'
import type { ChaosAgent } from './agents.ts'
import { writersOf } from './correspondence.ts'
import { type Difference, differences, type Snapshot, setBack, takeSnapshot } from './snapshot.ts'
import type { ChaosAccount, Stage } from './stage.ts'
import { ask } from './store.ts'

/** An agent whose connection was taken from it dials again within 10 s, and is refused then at the latest. */
const TRIES_WITHIN_MS = 20_000
/** How long it is watched after every account was refused: the library repeats a refused commit every 3 s. */
const WATCHED_MS = 3_500

export interface Takeover {
  /** The agent that goes on. */
  agent: ChaosAgent
  /** What the frozen one changed, in words. */
  stale: string[]
  /** Accounts for which it was never refused anything: it tried nothing, and so nothing is proven of them. */
  untried: string[]
  writesRefused: number
  loginsRefused: number
}

/**
 * The new owner is stopped, cleanly, before the old one is thawed. A new owner that runs could only be asked to be quiet: an upload of
 * pre-keys or a late receipt of its own would look like a stale write, and leaving such rows out would leave out stale ones too. Nobody
 * else has the store open this way, so whatever is changed, added or gone is the old one's doing, whichever epoch it bears. The accounts'
 * epochs are over all the same: ownership is what the new one has left in the store.
 */
export async function takeOverAlone(stage: Stage, old: ChaosAgent, round: number): Promise<Takeover> {
  const { url, talk, accounts, simulator } = stage
  const [first, ...others] = accounts as [ChaosAccount, ...ChaosAccount[]]
  await stage.allUp(old)
  // What it is refused first ends its connection. So nothing is on its way but the strangers' messages: to read one is to write a session
  // and to remove the one-time key that began it, in one flush.
  await talk.pause()
  old.child.kill('SIGSTOP')
  const frozen = await ask(url, takeSnapshot)
  await writeToFrozen(stage, others, round, 'strangers')
  // Nor may it be told that its connections were replaced, or it would close them before it has read anything.
  for (const { phone } of others)
    await simulator.client.fault({ account: phone, fault: { kind: 'half-open' }, count: 1 })
  // To one account it is told that it was unlinked: when somebody asks it to start over there, it throws all of its rows away.
  await simulator.client.fault({ account: first.phone, fault: { kind: 'close', code: 401 } })
  const next = await stage.start(`agent-${round}`)
  await stage.allUp(next)
  await talk.pause()
  await next.end('SIGTERM')
  // The new one has read them already. Keys and sessions are set back, or the old one would find the keys gone and try nothing.
  const left = await ask(url, takeSnapshot)
  await ask(url, (sql) => setBack(sql, left, frozen))
  const before = await ask(url, takeSnapshot)
  const changed = async () => differences(before, await ask(url, takeSnapshot))
  const tried = await thaw(stage, old, changed, async () => {
    await old.loggedOut(first.id)
    await talk.startOver(old, first.phone)
  })
  await old.end('SIGKILL')
  const after = await ask(url, takeSnapshot)
  const stale = differences(before, after)
  await ask(url, (sql) => setBack(sql, after, left))
  await simulator.client.endFaults()
  const agent = await stage.start(`agent-${round}-again`)
  talk.resume()
  return { agent, stale: stale.map(words), ...tried }
}

/**
 * The new owner goes on under traffic while the old one is thawed, which may have been frozen at any moment, and while it connected.
 * Here a stale write shows only by the epoch in the row; the owner's own writes go on.
 */
export async function takeOverBeside(stage: Stage, old: ChaosAgent, round: number): Promise<Takeover> {
  const { url } = stage
  old.child.kill('SIGSTOP')
  await writeToFrozen(stage, stage.accounts, round, 'writers')
  const next = await stage.start(`agent-${round}`)
  await stage.allUp(next)
  const before = await ask(url, takeSnapshot)
  const stale = async () =>
    differences(before, await ask(url, takeSnapshot)).filter((d) => isStale(d, before))
  const tried = await thaw(stage, old, stale)
  await old.end('SIGKILL')
  return { agent: next, stale: (await stale()).map(words), ...tried }
}

/** Strangers or people it knows write to accounts, while their connections end at a process that does not move. */
async function writeToFrozen(
  { talk, accounts }: Stage,
  to: readonly ChaosAccount[],
  round: number,
  who: 'strangers' | 'writers',
): Promise<void> {
  for (const account of to) {
    const { id, phone } = account
    const i = accounts.indexOf(account)
    const from = who === 'writers' ? (writersOf(i)[0] as string) : `+44794900${10_000 + 50 * round + i}`
    await talk.write(from, phone, `to ${id}, frozen in ${round}`)
  }
}

/** Lets it go on until it was refused something for every account, or has changed something; and then some. */
async function thaw(
  { accounts }: Stage,
  old: ChaosAgent,
  changed: () => Promise<Difference[]>,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Pick<Takeover, 'untried' | 'writesRefused' | 'loginsRefused'>> {
  const from = old.lines().length
  old.child.kill('SIGCONT')
  await meanwhile()
  const untried = () => accounts.filter(({ id }) => !refusals(old, from).has(id))
  const done = async () => untried().length === 0 || (await changed()).length > 0
  await until('the thawed agent is refused', done, TRIES_WITHIN_MS).catch(() => {})
  await sleep(WATCHED_MS)
  const all = [...refusals(old, from).values()]
  return {
    untried: untried().map(({ id }: ChaosAccount) => id),
    writesRefused: all.reduce((sum, { writes }) => sum + writes, 0),
    loginsRefused: all.reduce((sum, { logins }) => sum + logins, 0),
  }
}

/** By account: between `session.connecting` and the end of that attempt it is a login that is refused, otherwise a write. */
function refusals(old: ChaosAgent, from: number): Map<string, { writes: number; logins: number }> {
  const found = new Map<string, { writes: number; logins: number }>()
  const dialling = new Set<string>()
  for (const { msg, account = '' } of old.lines().slice(from)) {
    if (msg === 'session.connecting') dialling.add(account)
    if (msg === 'session.opened' || msg === 'session.closed') dialling.delete(account)
    if (msg !== 'store.write-fenced') continue
    const { writes, logins } = found.get(account) ?? { writes: 0, logins: 0 }
    const login = dialling.has(account)
    found.set(account, { writes: writes + (login ? 0 : 1), logins: logins + (login ? 1 : 0) })
  }
  return found
}

/** Ownership and data keys change with a start only; a row of auth is stale under an epoch below its owner's, and who removed one nobody knows. */
function isStale({ place, what, row }: Difference, before: Snapshot): boolean {
  if (!place.startsWith('auth/')) return true
  if (what === 'gone') return false
  return Number(row.epoch) < Number(before.get(`ownership/${row.account}`)?.row.epoch)
}

function words({ place, what, row }: Difference): string {
  return `${place} is ${what}${row.epoch === undefined ? '' : ` (epoch ${row.epoch})`}`
}
