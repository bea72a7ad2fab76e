// Kept events on both databases: what was said comes back, a store that is away costs nothing but time, and old events go.

import { expect, it, onTestFinished, vi } from 'vitest'
import { Journal } from '../../agent/history/journal.ts'
import { readEvents } from '../../agent/history/read.ts'
import { prune } from '../../agent/history/retention.ts'
import { migrate } from '../../agent/store/migrations.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { onBothDrivers } from './drivers.ts'

const day = 86_400_000

async function insert(sql: Sql, count: number, at: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await sql.query(
      "INSERT INTO event (id, at, type, account, data) VALUES ($1, $2, 'session.opened', 'a-1', '{}')",
      [`${at}-${i}`, at],
    )
}

onBothDrivers((driver) => {
  async function opened() {
    const { sql, bus, events } = await driver.open()
    await migrate(sql)
    const journal = new Journal(sql, bus)
    onTestFinished(() => journal.stop())
    return { sql, bus, events, journal }
  }

  it('keeps what people may ask about and not what is only counted', async () => {
    const { sql, bus, journal } = await opened()
    bus.emit('session.opened', { ms: 12, reconnect: false }, { account: 'a-1', epoch: 3 })
    bus.emit('message.acked', { messageId: 'M', ms: 1 }, { account: 'a-1' })
    bus.emit('session.restricted', { kind: 'reachout-timelock', untilMs: 5 }, { account: 'a-2' })
    await journal.flush()
    const kept = await readEvents(sql, { limit: 10 })
    expect(kept.map(({ type }) => type).sort()).toEqual(['session.opened', 'session.restricted'])
    expect(await readEvents(sql, { account: 'a-1', limit: 10 })).toMatchObject([
      { ms: 12, epoch: 3, node: 'node-1' },
    ])
    expect(await readEvents(sql, { type: 'session.restricted', limit: 10 })).toMatchObject([{ untilMs: 5 }])
    expect(await readEvents(sql, { since: Date.now() + 1_000, limit: 10 })).toEqual([])
  })

  it('answers the newest first and no more than asked', async () => {
    const { sql } = await opened()
    for (const at of [3, 1, 2]) await insert(sql, 1, at)
    expect((await readEvents(sql, { limit: 2 })).map(({ at }) => at)).toEqual([3, 2])
  })

  it('a store that does not take them loses none, and writes each once when it does again', async () => {
    const { sql, bus, events, journal } = await opened()
    const away = vi.spyOn(sql, 'query').mockRejectedValue(new Error('away'))
    for (let i = 0; i < 250; i++) bus.emit('session.opened', { ms: i, reconnect: false }, { account: 'a-1' })
    await journal.flush()
    expect(events.of('history.written').at(-1)).toMatchObject({ outcome: 'failed' })
    away.mockRestore()
    await journal.flush()
    const kept = await readEvents(sql, { type: 'session.opened', limit: 1_000 })
    expect(new Set(kept.map(({ ms }) => ms)).size).toBe(250)
    expect(kept).toHaveLength(250)
  })

  it('a store that is away for too long costs the oldest, and they are counted', async () => {
    const { sql, bus, events, journal } = await opened()
    const away = vi.spyOn(sql, 'query').mockRejectedValue(new Error('away'))
    for (let i = 0; i < 10_050; i++)
      bus.emit('session.opened', { ms: i, reconnect: false }, { account: 'a-1' })
    await journal.flush()
    expect(events.of('history.dropped').map(({ count }) => count)).toEqual([50])
    away.mockRestore()
    await journal.stop()
    const [row] = await sql.query<{ n: number }>('SELECT count(*) AS n FROM event')
    expect(Number(row?.n)).toBe(10_000)
  })

  it('what is older than the retention goes, in batches, and nothing else', async () => {
    const { sql } = await opened()
    const now = Date.now()
    await insert(sql, 1_203, now - 31 * day)
    await insert(sql, 4, now - 29 * day)
    expect(await prune(sql, now - 30 * day)).toBe(1_203)
    expect(await prune(sql, now - 30 * day)).toBe(0)
    expect(await readEvents(sql, { limit: 1_000 })).toHaveLength(4)
  })
})
