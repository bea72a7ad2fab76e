// Kept events, wherever they are kept: what was said comes back once, newest first, within its bounds, and old events go.

import { expect, it } from 'vitest'
import type { AnyEvent } from '../../agent/events.ts'
import { maxAppend } from '../../agent/history/port.ts'
import { day, idWith, kept, onEveryHistory, opened } from './histories.ts'

onEveryHistory((open) => {
  it('answers what was written, every field of it', async () => {
    const { history, bus } = await open()
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    const written: AnyEvent[] = [
      bus.emit('agent.started', { version: '1', accounts: 0 }),
      bus.emit(
        'session.opened',
        { ms: 12, reconnect: true },
        { account: 'a-1', epoch: 3, cause: 'c', trace },
      ),
      bus.emit('pairing.scanned', { attempt: 1, scanMs: null }, { account: 'a-2' }),
      bus.emit(
        'health.scored',
        {
          score: null,
          confidence: 0.25,
          status: 'x',
          caps: ['a'],
          factors: { uptime: 1, qrQuality: null },
          issues: [],
        },
        { account: 'a-1' },
      ),
      bus.emit(
        'session.closed',
        {
          reason: 'unknown',
          code: null,
          detail: `quo"te, it's a \\' back\\\\slash\\ and\na line=1 \u0000 \u2028 \u{1f600} \u0627`,
          openForMs: 0.5,
        },
        { account: 'a-2' },
      ),
    ]
    await history.append(written)
    expect(await history.read({ limit: 10 })).toEqual(
      written.map(kept).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)),
    )
  })

  it('keeps an event once that is written twice', async () => {
    const { history } = await open()
    const [one, two] = [opened(), opened()]
    await history.append([one])
    await history.append([one, two])
    await history.append([one])
    expect((await history.read({ limit: 10 })).map(({ id }) => id).sort()).toEqual([one.id, two.id].sort())
  })

  it('keeps every event of one account in one millisecond', async () => {
    const { history } = await open()
    const at = Date.now() - 1_000
    const written = Array.from({ length: maxAppend }, (_, ms) => opened({ at, ms }))
    await history.append(written)
    const read = await history.read({ account: 'a-1', limit: 2 * maxAppend })
    expect(new Set(read.map(({ ms }) => ms)).size).toBe(maxAppend)
    expect(read).toHaveLength(maxAppend)
  })

  it('answers the newest first and no more than asked, also out of one millisecond', async () => {
    const { history } = await open()
    const now = Date.now() - 10_000
    const written = [3, 1, 0].map((after) => opened({ at: now + after }))
    // The place in the millisecond begins again at every million; the order of the ids does not.
    for (const counter of [999_998, 999_999, 1_000_000, 1_000_001])
      written.push(opened({ at: now + 2, id: idWith(counter) }))
    await history.append(written)
    const order = written.map(kept).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    for (const limit of [1, 2, 3, 4, 5, 6, 7, 8])
      expect(await history.read({ limit })).toEqual(order.slice(0, limit))
  })

  it('answers one account, one type and one range: its beginning included, its end not', async () => {
    const { history, bus } = await open()
    const now = Date.now() - 10_000
    const other = bus.emit('agent.stopping', { signal: 'SIGTERM' })
    await history.append([other, ...[0, 1, 2, 3].map((after) => opened({ at: now + after, ms: after }))])
    await history.append([opened({ account: 'a-2', ms: 9, at: now })])
    const ms = async (query: object) =>
      (await history.read({ limit: 10, type: 'session.opened', account: 'a-1', ...query })).map((e) => e.ms)
    expect(await ms({})).toEqual([3, 2, 1, 0])
    expect(await ms({ since: now + 1 })).toEqual([3, 2, 1])
    expect(await ms({ until: now + 2 })).toEqual([1, 0])
    expect(await ms({ since: now + 1, until: now + 3 })).toEqual([2, 1])
    expect(await ms({ since: now, until: now })).toEqual([])
    expect(await ms({ account: 'a-2' })).toEqual([9])
    expect(await ms({ account: 'nobody' })).toEqual([])
    expect(await ms({ type: 'session.closed' })).toEqual([])
    expect(await history.read({ limit: 10, type: 'agent.stopping' })).toEqual([kept(other)])
  })

  it('a range that ends before it begins is an error that names both ends', async () => {
    const { history } = await open()
    const [since, until] = [Date.parse('2026-11-20T00:00:00Z'), Date.parse('2026-11-19T00:00:00Z')]
    await expect(history.read({ since, until, limit: 1 })).rejects.toThrow(
      new RangeError('since 2026-11-20T00:00:00.000Z is after until 2026-11-19T00:00:00.000Z'),
    )
  })

  it('takes bounds that are further away than any event', async () => {
    const { history } = await open()
    await history.append([opened()])
    const count = async (since: number, until: number) =>
      (await history.read({ since, until, limit: 5 })).length
    expect(await count(-8.64e15, 8.64e15)).toBe(1)
    expect(await count(8.64e15, 8.64e15)).toBe(0)
    expect(await count(Date.parse('2300-01-01T00:00:00Z'), 8.64e15)).toBe(0)
    expect(await count(-8.64e15, Date.parse('1600-01-01T00:00:00Z'))).toBe(0)
  })

  it('finds accounts again whatever their ids are, and only them', async () => {
    const { history } = await open()
    const ids = [
      ...['a1', 'a-', 'a--------1', `z${'9'.repeat(31)}`],
      ...[
        'a\nevent,account=b id="x" 1',
        'a\r\n',
        'a,b',
        'a=b',
        ' a b ',
        "a'b",
        'a"b',
        '"',
        "' OR account = 'a1",
      ],
      ...['a\\', 'a\\,', '\\n', "\\'", '%', '%0A', '%25', '', 'ü\u{1f600}', '\u2028'],
    ]
    const written = [...new Set(ids)].map((account) => opened({ account }))
    await history.append(written)
    expect((await history.read({ limit: 100 })).map(({ account }) => account).sort()).toEqual(
      [...new Set(ids)].sort(),
    )
    for (const event of written)
      expect(await history.read({ account: event.account, limit: 100 })).toEqual([kept(event)])
  })

  it('takes numbers that are none: they come back as null', async () => {
    const { history, bus } = await open()
    const about = { account: 'a-1' }
    const factors = { uptime: Number.NaN, qrQuality: Number.POSITIVE_INFINITY, errorRate: -0 }
    const score = Number.NEGATIVE_INFINITY
    await history.append([
      bus.emit(
        'health.scored',
        { score, confidence: Number.NaN, status: 'x', caps: [], factors, issues: [] },
        about,
      ),
      bus.emit('pairing.scanned', { attempt: 1, scanMs: Number.NaN }, about),
    ])
    const [scanned, scored] = await history.read({ limit: 5 })
    expect(scanned).toMatchObject({ scanMs: null })
    expect(scored).toMatchObject({
      score: null,
      confidence: null,
      factors: { uptime: null, qrQuality: null, errorRate: 0 },
    })
  })

  it('what is older than the retention is answered no more, and nothing else goes', async () => {
    const { history } = await open()
    const now = Date.now()
    const old = Array.from({ length: 603 }, () => opened({ at: now - 31 * day }))
    const young = [29 * day, 1, 0].map((age) => opened({ at: now - age }))
    await history.append(old)
    await history.append(young)
    const pruned = await history.prune(now - 30 * day)
    expect(pruned).toBe(history.driver === 'embedded' ? 603 : 0)
    expect(await history.prune(now - 30 * day)).toBe(0)
    expect(await history.read({ limit: 1_000 })).toEqual(young.map(kept).reverse())
  })

  it('nothing to write is written', async () => {
    const { history } = await open()
    await history.append([])
    expect(await history.read({ limit: 5 })).toEqual([])
  })
})
