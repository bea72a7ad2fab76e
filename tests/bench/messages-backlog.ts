// What a claim and a look of the keeper cost with a hundred thousand messages in line, in shapes that are easy and that are not.

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from '../../agent/cli/table.ts'
import { Bus } from '../../agent/events.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { claimAll } from '../../agent/outbox/claim.ts'
import { applyAll } from '../../agent/outbox/settle.ts'
import { transfer, transferOptions } from '../../agent/outbox/transfer.ts'
import { survey } from '../../agent/outbox/upkeep.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import type { Sql, Value } from '../../agent/store/sql.ts'
import { hasPostgres, startPostgres } from '../harness/postgres.ts'

const OPEN = 100_000
const ACCOUNTS = 10
const CLAIMS = 30

/** Which conversation the n-th message of an account belongs to. */
const shapes: [string, (n: number) => number][] = [
  ['each message another conversation', (n) => n],
  ['one conversation of 10,000 an account', () => 0],
  ['1,000 conversations of ten in a row', (n) => Math.floor(n / 10)],
]

async function fill(sql: Sql, conversationOf: (n: number) => number): Promise<void> {
  const seqs = new Map<string, number>()
  const names = [
    ...[
      'id',
      'wa_id',
      'caller',
      'body_hash',
      'pool',
      'account',
      'bound',
      'conversation',
      'seq',
      'state',
      'open',
      'attempts',
    ],
    ...['next_at', 'expires_at', 'accepted_at', 'refused_by', 'possible_duplicate', 'payload', 'steps'],
  ]
  const insert = `INSERT INTO message (${names.join(', ')}) VALUES (${names.map((_, j) => `$${j + 1}`).join(', ')})`
  const payload = randomBytes(150)
  const now = Date.now()
  for (let from = 0; from < OPEN; from += 500)
    await sql.transaction(async (tx) => {
      for (let i = from; i < from + 500; i++) {
        const account = i % ACCOUNTS
        const conversation = `${account}-${conversationOf(Math.floor(i / ACCOUNTS))}`
        const seq = (seqs.get(conversation) ?? 0) + 1
        seqs.set(conversation, seq)
        const id = `m${String(i).padStart(8, '0')}`
        const row = [id, id, 'c', 'h', 'sales', `a${account}`, 0, conversation, seq, 'queued', 1, 0]
        row.push(now - OPEN + i, now + 3_600_000, now, '', 0)
        await tx.query(insert, [...(row as Value[]), payload, '{"at":1,"state":"queued"}\n'])
      }
    })
}

async function measure(sql: Sql): Promise<string[][]> {
  const rows: string[][] = []
  const epoch = await takeOwnership(sql, 'a0', 'n')
  for (const [name, conversationOf] of shapes) {
    await sql.query('DELETE FROM message')
    await fill(sql, conversationOf)
    if (sql.driver === 'postgres') await sql.query('ANALYZE message')
    const took: number[] = []
    let claimed = 0
    for (let i = 0; i < CLAIMS; i++) {
      const startedAt = performance.now()
      const of = { account: 'a0', epoch, unsure: 'resend', limit: 16, begun: [], doubt: false } as const
      const [taken] = await claimAll(sql, [of], Date.now())
      if (!taken) throw new Error('fenced')
      took.push(performance.now() - startedAt)
      claimed += taken.length
      const at = Date.now()
      await sql.transaction((tx) =>
        applyAll(
          tx,
          taken.map(({ wa_id }) => ({ kind: 'arrived', waId: wa_id, account: 'a0', state: 'acked', at })),
        ),
      )
    }
    took.sort((a, b) => a - b)
    const surveyAt = performance.now()
    for (let i = 0; i < 5; i++) await survey(sql)
    const surveyMs = (performance.now() - surveyAt) / 5
    const [p50 = 0, p99 = 0] = [took[CLAIMS / 2], took.at(-1)]
    rows.push([
      sql.driver,
      name,
      (claimed / CLAIMS).toFixed(1),
      p50.toFixed(2),
      p99.toFixed(2),
      surveyMs.toFixed(0),
    ])
  }
  return rows
}

/** All that is open changes hands, each message with its conversation: how long it takes, and for how long nothing else had a turn. */
async function move(sql: Sql): Promise<string> {
  await sql.query("UPDATE message SET account = 'a0', state = 'queued', open = 1, ended_at = NULL, bound = 0")
  await sql.query(
    `INSERT INTO conversation (id, pool, account, last_seq, changed_at)
     SELECT conversation, 'sales', 'a0', max(seq), 1 FROM message GROUP BY conversation`,
  )
  let held = 0
  let turnedAt = performance.now()
  const turns = setInterval(() => {
    held = Math.max(held, performance.now() - turnedAt)
    turnedAt = performance.now()
  }, 5)
  const startedAt = performance.now()
  const work = { id: 'f', pool: 'sales', from: 'a0', to: 'a1', graceMs: 60_000, now: Date.now() }
  const { messages, conversations } = await sql.transaction((tx) => transfer(tx, work), transferOptions)
  const ms = performance.now() - startedAt
  clearInterval(turns)
  return `${sql.driver}: ${messages} messages and ${conversations} conversations change hands in ${ms.toFixed(0)} ms; longest without a turn ${held.toFixed(0)} ms\n`
}

export async function benchBacklog(): Promise<string> {
  const head = ['store', `${OPEN} open`, 'claimed', 'claim p50 ms', 'longest ms', 'survey ms']
  const rows: string[][] = []
  let moves = ''
  const folder = mkdtempSync(join(tmpdir(), 'linda-bench-'))
  const bus = new Bus('bench')
  const run = async (url: string): Promise<void> => {
    const sql = await openStore(url, bus)
    await migrate(sql)
    rows.push(...(await measure(sql)))
    moves += await move(sql)
    await sql.close()
  }
  await run(`sqlite:${join(folder, 'linda.db')}`)
  rmSync(folder, { recursive: true, force: true })
  if (hasPostgres) {
    const server = await startPostgres({ fsync: 'on', synchronous_commit: 'on' })
    await run(await server.createDatabase())
    await server.close()
  }
  return `${table(head, rows, { right: head.slice(2) })}\n${moves}`
}
