// The ledger tells a healthy double connection from one that a black hole has left behind, and survives a line cut in half.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../index.ts'
import { Ledger } from '../ledger/ledger.ts'
import { authOf, Bare } from './bare.ts'
import { eventually, stage } from './stage.ts'

const temporary = () => {
  const directory = mkdtempSync(join(tmpdir(), 'simulator-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test.each(['half-open', 'stall'] as const)('a new login beside a %s one is no overlap', async (kind) => {
  const { client, open, connect } = await stage()
  const { account, auth } = await open()
  const fault = await client.fault({ account: account.phone, fault: { kind }, count: 1 })
  const again = connect(auth)
  await again.open()
  expect(await client.summary()).toMatchObject({
    overlaps: 0,
    staleOverlaps: 1,
    replaced: 0,
    maxOpenPerAccount: 1,
  })
  await client.endFault(fault.id)
  await again.acked(await again.send('4915100000001', 'served here'))
})

test('a fault that is over leaves no trace, and a spent one is gone', async () => {
  const { client, open } = await stage()
  const { account, bare } = await open()
  await client.fault({ account: account.phone, fault: { kind: 'nack', code: 500 }, count: 1 })
  await client.fault({ account: account.phone, fault: { kind: 'withhold-acks' }, forMs: 1 })
  await eventually('only the nack is left', async () => (await client.faults()).length === 1)
  expect((await bare.acked(await bare.send('4915100000001', 'first'))).error).toBe('500')
  expect(await client.faults()).toEqual([])
  expect((await bare.acked(await bare.send('4915100000001', 'second'))).error).toBeUndefined()
  const ended = (await client.ledger()).filter((entry) => entry.kind === 'fault-ended')
  expect(ended).toHaveLength(2)
})

test('a stage narrows a fault to pairing sockets', async () => {
  const { client, open, unpaired } = await stage()
  const { bare } = await open()
  const pairing = unpaired().bare
  await pairing.qr()
  await client.fault({ stage: 'pairing', fault: { kind: 'close', code: 503 } })
  expect(await pairing.closed()).toBe(503)
  expect(bare.updates.some((update) => update.connection === 'close')).toBe(false)
})

test('a restart in the same directory keeps the books', async () => {
  const state = temporary()
  const first = await startSimulator({ state })
  const [account] = await first.client.createAccounts()
  if (!account) throw new Error('no account')
  const auth = authOf(account)
  const bare = new Bare(first.url, auth)
  await bare.open()
  await bare.acked(await bare.send('4915100000001', 'kept'))
  const before = await first.client.summary()
  await first.close()
  const second = await startSimulator({ state })
  onTestFinished(() => second.close())
  const after = await second.client.summary()
  expect(after).toEqual({ ...before, openNow: 0 })
  expect((await second.client.connections())[0]).toMatchObject({
    closedBy: 'shutdown',
    account: account.phone,
  })
})

test('a line cut in half by a kill is left out, and the numbers go on', () => {
  const file = join(temporary(), 'ledger.jsonl')
  const first = new Ledger(file)
  first.add({ kind: 'started', pid: 1, seed: 1 })
  first.add({ kind: 'connection', conn: 1 })
  first.close()
  appendFileSync(file, '{"seq":3,"at":1,"kind":"conn')
  const second = new Ledger(file)
  second.add({ kind: 'stopped' })
  second.close()
  const third = new Ledger(file)
  onTestFinished(() => third.close())
  const entries = third.since(0)
  expect(entries.map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'started'],
    [2, 'connection'],
    [3, 'closed'],
    [4, 'stopped'],
  ])
})
