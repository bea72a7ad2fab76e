// What came in is told once, also where the store took it and nobody heard of that.

import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { InboundStore } from '../../../agent/outbox/inbound.ts'
import { Telling } from '../../../agent/outbox/telling.ts'
import { Inbox } from '../../../agent/session/inbox.ts'
import type { Inbound } from '../../../agent/session/socket.ts'
import { plainCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { StoreError } from '../../../agent/store/sql.ts'
import type { Notice } from '../../../agent/webhooks/notice.ts'
import { UnsteadySql } from '../../contracts/outbox/unsteady-sql.ts'
import { noWebhooks } from '../../harness/no-webhooks.ts'
import { phoneWriter } from '../../harness/phone-writer.ts'
import { hear } from '../events/heard.ts'
import { openFile, temporaryFolder } from '../store/folder.ts'

const message = (messageId: string): Inbound => ({
  messageId,
  ...phoneWriter('447946000001'),
  text: 'hello',
  kind: 'text',
  refersTo: null,
  atMs: 1,
  offline: false,
})

let sql: UnsteadySql
let store: InboundStore
/** What webhooks were told in transactions that were committed. */
let told: Notice[]
beforeEach(async () => {
  sql = new UnsteadySql(openFile(join(temporaryFolder(), 'linda.db')))
  await migrate(sql)
  told = []
  let prepared: readonly Notice[] = []
  const telling = new Telling(sql, {
    ...noWebhooks,
    prepare: async (notices) => {
      prepared = notices
      return []
    },
    insert: async () => {
      if (sql.fault() !== 'commit') told.push(...prepared)
    },
  })
  store = new InboundStore({ cipher: plainCipher, poolOf: () => 'a', telling })
})
const stored = () => sql.query<{ id: string; wa_id: string; received_at: number }>('SELECT * FROM inbound')

it('a row that was written without an answer is new to who tries again, and a repeat to all others', async () => {
  const own = message('M1')
  sql.fault = () => 'unheard'
  for (let i = 0; i < 3; i++) await expect(store.keep('uae-1', own)).rejects.toThrow(StoreError)
  sql.fault = () => 'none'
  expect(await store.keep('uae-1', message('M1'))).toBe(false)
  expect(await store.keep('uae-1', own)).toBe(true)
  expect(await store.keep('uae-1', message('M1'))).toBe(false)
  const [row, ...others] = await stored()
  expect(others).toEqual([])
  expect(told).toMatchObject([{ type: 'message.received', data: { id: row?.id, messageId: 'M1' } }])
})

it('one that was not written is new under the time at which it came first', async () => {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
  onTestFinished(() => clock.mockRestore())
  const own = message('M1')
  sql.fault = () => 'commit'
  await expect(store.keep('uae-1', own)).rejects.toThrow(StoreError)
  sql.fault = () => 'none'
  clock.mockReturnValue(1_700_000_009_000)
  expect(await store.keep('uae-1', own)).toBe(true)
  expect(await stored()).toMatchObject([{ wa_id: 'M1', received_at: 1_700_000_000_000 }])
  expect(told).toHaveLength(1)
})

it('the inbox handles it once, when it hears of it, and it is no trap', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { bus, of } = hear()
  const handled: string[] = []
  const inbox = new Inbox(
    bus,
    { account: 'uae-1' },
    (_, { messageId }) => handled.push(messageId),
    (account, inbound) => store.keep(account, inbound),
  )
  const kept: boolean[] = []
  sql.fault = () => 'unheard'
  inbox.take(message('M1'), { again: false, kept: (isNew) => kept.push(isNew) })
  await inbox.flush()
  expect([handled, kept]).toEqual([[], []])
  expect(await stored()).toHaveLength(1)
  sql.fault = () => 'none'
  vi.advanceTimersByTime(1_000)
  await inbox.flush()
  expect([handled, kept]).toEqual([['M1'], [true]])
  expect(of('message.received').map(({ messageId }) => messageId)).toEqual(['M1'])
  expect(of('session.trapped')).toEqual([])
  expect(told).toHaveLength(1)
})
