// Agents are killed at random moments under traffic: every session must resume without pairing, every message must be readable
// in the end, and on PostgreSQL an agent that was only frozen must not write a row after another has taken its accounts.

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeConfig } from '../../harness/agent-process.ts'
import { startPostgres } from '../../harness/postgres.ts'
import { until } from '../../harness/until.ts'
import { spawnSimulator } from '../../simulator/index.ts'
import type { OnProgress } from '../main.ts'
import type { ChaosOptions } from '../options.ts'
import type { Report } from '../report.ts'
import { ChaosAgent } from './agents.ts'
import { Books, readable } from './books.ts'
import { Correspondence } from './correspondence.ts'
import { ask, integrity, readRows, seedStore, staleWrites } from './store.ts'

/** How long sessions may take to come back after a kill, connects of all accounts included. */
const UP_WITHIN_MS = 60_000
/** How long a thawed agent may try to write. */
const THAWED_MS = 2_500

/** Uniform in [0, 1), the same for the same seed and words whatever happened before. */
function draw(seed: number, words: string): number {
  return createHash('sha256').update(`${seed}/${words}`).digest().readUInt32BE(0) / 2 ** 32
}

export async function runState(options: ChaosOptions, progress: OnProgress): Promise<Report> {
  const { runs, seed, driver } = options
  const directory = mkdtempSync(join(tmpdir(), 'linda-chaos-'))
  const simulator = await spawnSimulator({ seed })
  const postgres = driver === 'postgres' ? await startPostgres() : null
  const books = new Books()
  const agents: ChaosAgent[] = []
  const violations: string[] = []
  try {
    const linked = await simulator.client.createAccounts({ count: options.accounts })
    const accounts = linked.map((account, i) => ({
      id: `c-${i + 1}`,
      phone: account.phone.startsWith('+') ? account.phone : `+${account.phone}`,
      linked: account,
    }))
    const url = postgres ? await postgres.createDatabase() : `sqlite:${join(directory, 'linda.db')}`
    const token = await writeConfig(
      directory,
      {
        whatsapp: {
          url: simulator.url,
          root_key: simulator.rootKey,
          certificate: 'strict',
          reconnect: { base: '200ms', cap: '2s' },
        },
        store: { url },
        telemetry: { log_level: 'debug' },
      },
      accounts.map(({ id, phone }) => ({ id, phone })),
    )
    await seedStore(url, accounts)
    const talk = new Correspondence(simulator, accounts, token)
    const start = async (name: string): Promise<ChaosAgent> => {
      const agent = new ChaosAgent(directory, name)
      agents.push(agent)
      talk.adminUrl = await agent.listening()
      return agent
    }
    const allUp = async (agent: ChaosAgent): Promise<void> => {
      const what = () => `${accounts.length} sessions open: ${[...agent.opened()]}`
      await until(what, () => agent.opened().size === accounts.length, UP_WITHIN_MS)
    }
    let agent = await start('agent-0')
    await allUp(agent)
    for (let round = 1; round <= runs; round++) {
      // Some die while they still connect.
      const early = draw(seed, `early ${round}`) < 0.25
      if (!early) await sleep(100 + 1_900 * draw(seed, `moment ${round}`))
      if (postgres && round % 4 === 0) {
        agent.child.kill('SIGSTOP')
        const next = await start(`agent-${round}`)
        await allUp(next)
        const snapshot = await ask(url, readRows)
        agent.child.kill('SIGCONT')
        await sleep(THAWED_MS)
        books.stale.push(...staleWrites(snapshot, await ask(url, readRows), books.epochOf(next)))
        await agent.end('SIGKILL')
        agent = next
      } else {
        await agent.end('SIGKILL')
        agent = await start(`agent-${round}`)
        if (early) await sleep(600 * draw(seed, `connecting ${round}`))
        else await allUp(agent)
      }
      progress(round, `${talk.acked.size} acknowledged, ${talk.written} written to us`)
    }
    await allUp(agent)
    await talk.finish(90_000)
    await until(
      'every message to us has its receipt',
      async () => (await simulator.client.summary()).inbound.pending === 0,
      60_000,
    )
    await agent.end('SIGTERM')
    violations.push(...(await ask(url, integrity)).map((said) => `integrity: ${said}`))
    for (const [i, each] of agents.entries()) books.read(each, i === 0)
    const wire = { inbound: await simulator.client.inbound(), messages: await simulator.client.messages() }
    const { undecryptable, firstTry, unseen } = readable(books, wire)
    if (books.pairings > 0) violations.push(`${books.pairings} pairing attempts began`)
    if (undecryptable.length > 0)
      violations.push(`${undecryptable.length} messages stayed unreadable: ${undecryptable.slice(0, 5)}`)
    if (talk.unanswered.size > 0)
      violations.push(
        `${talk.unanswered.size} texts were never acknowledged: ${[...talk.unanswered].slice(0, 5)}`,
      )
    const onWire = new Set(wire.messages.flatMap(({ texts }) => Object.values(texts)))
    const lost = [...talk.acked].filter((text) => !onWire.has(text))
    if (lost.length > 0)
      violations.push(`${lost.length} acknowledged texts are not on the wire: ${lost.slice(0, 5)}`)
    if (postgres && runs >= 4 && books.fenced === 0)
      violations.push('no write was ever fenced: nothing was tried')
    // Each kill may lose what was in the handlers' hands, and spoil what was being written: not more than that.
    const few = 4 * (runs + 1) * accounts.length
    if (unseen > few) violations.push(`${unseen} messages had a receipt and reached no handler`)
    if (firstTry > few) violations.push(`${firstTry} messages could not be read at first`)
    violations.push(...books.stale)
    const { overlaps, messages } = await simulator.client.summary()
    if (messages.sameTextTwoIds > 0)
      violations.push(`${messages.sameTextTwoIds} texts went out under two ids`)
    return {
      name: 'state',
      runs,
      seed,
      violations,
      figures: {
        driver,
        resumed_without_pairing: books.resumed,
        undecryptable: undecryptable.length,
        first_try_failures: firstTry,
        // On SQLite no second agent can run, so nothing of the kind is tried.
        stale_epoch_writes: postgres ? books.stale.length : 'not tried',
        writes_fenced: books.fenced,
        acknowledged: talk.acked.size,
        received: books.received.size,
        received_never_seen: unseen,
        overlapping_logins: overlaps,
      },
    }
  } finally {
    for (const { child } of agents) child.kill('SIGKILL')
    await simulator.close()
    await postgres?.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
