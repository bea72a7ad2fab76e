// Whether what the agent had read was in the store: it dies while nothing is on its way, and its successor must not be able to read it twice.

import { until } from '../../harness/until.ts'
import type { ChaosAgent } from './agents.ts'
import { unreadAtFirst } from './books.ts'
import { readersOf, writersOf } from './correspondence.ts'
import type { Stage } from './stage.ts'
import { damage } from './store.ts'

const READ_WITHIN_MS = 30_000
/** Texts of one writer: the last state of a ratchet counts, the ones before show that it moved. */
const TEXTS = 2

export interface RollCall {
  /** The agent that answered it; the correspondence is still paused. */
  agent: ChaosAgent
  /** What was not as it has to be, in words. */
  missing: string[]
}

/**
 * A store that loses a write is not noticed while the one who wrote it remembers it, and seldom afterwards: ratchets catch up, and the
 * library begins a new one with everybody it writes to. But a message that was read once can be read again by whoever has the ratchet as
 * it was before. So the server dies too, without having seen the receipts, and delivers everything again: what the first agent has read
 * and reported, the second one must refuse. A kill in the middle of something would excuse an exception, this one does not.
 */
export async function rollCall(stage: Stage, old: ChaosAgent, name: string): Promise<RollCall> {
  const { talk, url, accounts, postgres, simulator } = stage
  const missing: string[] = []
  await stage.allUp(old)
  await talk.pause()
  const failedBefore = await failed(stage)
  let read: ReadonlySet<string>
  try {
    read = await readUnreceipted(stage, old, name)
    await old.end('SIGKILL')
  } finally {
    await simulator.restart()
  }
  const ids = accounts.map(({ id }) => id)
  missing.push(...(await damage(url, ids, postgres)).map((said) => `${name}, integrity: ${said}`))
  const agent = await stage.start(name)
  await stage.allUp(agent)
  await talk.pause()
  const twice = [...receivedBy(agent)].filter((messageId) => read.has(messageId))
  if (twice.length > 0)
    missing.push(
      `${name}: ${twice.length} of ${read.size} messages could be read a second time, so a write was lost: ${twice.slice(0, 5)}`,
    )
  missing.push(...(await everybodyWrites(stage, agent, name)).map((id) => `${name}, never read: ${id}`))
  const unread = [...(await failed(stage))].filter((id) => !failedBefore.has(id))
  if (unread.length > 0)
    missing.push(
      `${name}: ${unread.length} messages could not be read at first though nothing else was on its way: ${unread.slice(0, 5)}`,
    )
  return { agent, missing }
}

/** Has the agent read messages whose receipts the server never sees; answers their ids. The simulator is left frozen. */
async function readUnreceipted({ talk, accounts, simulator }: Stage, agent: ChaosAgent, name: string) {
  const read = new Set<string>()
  agent.child.kill('SIGSTOP')
  for (const [i, { id, phone }] of accounts.entries())
    for (let n = 1; n <= TEXTS; n++)
      for (const from of writersOf(i))
        for (const messageId of await talk.write(from, phone, `${name} to ${id}, ${n}`)) read.add(messageId)
  process.kill(simulator.pid, 'SIGSTOP')
  agent.child.kill('SIGCONT')
  const left = () => [...read].filter((messageId) => !receivedBy(agent).has(messageId))
  const what = () => `all messages are read, found unread: ${left()}`
  await until(what, () => left().length === 0, READ_WITHIN_MS)
  return read
}

/** Both ways, and strangers too; answers what was never read by the agent. */
async function everybodyWrites(
  { talk, accounts }: Stage,
  agent: ChaosAgent,
  name: string,
): Promise<string[]> {
  const written = new Set<string>()
  const answers: Promise<void>[] = []
  for (const [i, { id, phone }] of accounts.entries()) {
    // A stranger takes a one-time key that the account has uploaded; its other half must be in the store.
    const stranger = `+44794800${20_000 + 50 * Number(/\d+/.exec(name)?.[0] ?? 0) + i}`
    for (const from of [...writersOf(i), stranger])
      for (const messageId of await talk.write(from, phone, `${name} calls ${id}`)) written.add(messageId)
    for (const to of readersOf(i)) answers.push(talk.send(id, to, `${id} to ${to.slice(-4)}, ${name}`))
  }
  await Promise.all(answers)
  const unread = () => [...written].filter((messageId) => !receivedBy(agent).has(messageId))
  await until('', () => unread().length === 0, READ_WITHIN_MS).catch(() => {})
  await talk.pause()
  return unread()
}

function receivedBy(agent: ChaosAgent): Set<string> {
  return new Set(
    agent
      .lines()
      .flatMap(({ msg, messageId }) => (msg === 'message.received' && messageId ? [messageId] : [])),
  )
}

async function failed({ simulator: { client } }: Stage): Promise<Set<string>> {
  return unreadAtFirst({ inbound: await client.inbound(), messages: await client.messages() })
}
