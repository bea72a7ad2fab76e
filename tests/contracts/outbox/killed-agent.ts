// A process that accepts and sends until it is killed. Every write is in the ledger file before it is answered, every accepted id on its output.

import { appendFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { MessagePath } from '../../../agent/outbox/message-path.ts'
import { type Outgoing, SendError } from '../../../agent/session/socket.ts'
import { plainCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import { noWebhooks } from '../../harness/no-webhooks.ts'
import { outboxSettings } from '../../unit/outbox/settings.ts'

export interface LedgerLine {
  id: string
  to: string
  text: string
}

const ACCOUNTS = ['a', 'b']
const PEOPLE = 6

/** Sends what the store has, writing every message into the ledger file first. */
export async function sendingPath(
  url: string,
  ledger: string,
): Promise<{ path: MessagePath; close(): Promise<void> }> {
  const bus = new Bus('killed')
  const sql = await openStore(url, bus)
  await migrate(sql)
  const path = new MessagePath({
    bus,
    sql,
    cipher: plainCipher,
    webhooks: noWebhooks,
    route: ({ bound, pinned }) =>
      bound ?? pinned ?? (ACCOUNTS[Math.floor(Math.random() * ACCOUNTS.length)] as string),
    poolOf: () => 'sales',
    settings: { ...outboxSettings, limit: 1_000_000, inFlight: 4 },
    random: Math.random,
  })
  const send = async ({ messageId: id, to, text }: Outgoing): Promise<number> => {
    appendFileSync(ledger, `${JSON.stringify({ id, to, text } satisfies LedgerLine)}\n`)
    await sleep(Math.random() * 5)
    if (Math.random() < 0.1) throw new SendError('connection-closed', 'unknown')
    return 1
  }
  const senders = []
  for (const account of ACCOUNTS)
    senders.push({ account, epoch: await takeOwnership(sql, account, 'killed'), ready: () => true, send })
  await path.start(senders)
  const close = async (): Promise<void> => {
    await path.stop(1_000)
    await path.close()
    await sql.close()
  }
  return { path, close }
}

async function main(url: string, ledger: string, round: string): Promise<void> {
  const { path } = await sendingPath(url, ledger)
  let n = 0
  const caller = async (): Promise<void> => {
    for (;;) {
      const text = `${round}-${n++}`
      const { row } = await path.outbox.accept({
        caller: 'shop',
        key: text,
        body: text,
        pool: 'sales',
        account: null,
        region: null,
        to: `+44794600000${n % PEOPLE}`,
        content: { type: 'text', text },
        notBefore: null,
        expiresAt: Date.now() + 3_600_000,
        trace: null,
      })
      writeSync(1, `${row.id} ${text}\n`)
      await sleep(2)
    }
  }
  await Promise.all(Array.from({ length: 4 }, caller))
}

const [script, url, ledger, round] = process.argv.slice(1)
if (script === import.meta.filename) await main(url as string, ledger as string, round as string)
