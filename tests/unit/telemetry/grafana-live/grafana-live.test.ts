// Grafana is told of the last state and score of each account, in few requests, late rather than never while it is away, and never more than there are accounts.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type AnyEvent, Bus } from '../../../../agent/events.ts'
import { GrafanaLive, type LiveSettings } from '../../../../agent/telemetry/grafana-live/grafana-live.ts'
import { sessionStates } from '../../../../agent/words.ts'
import { type LiveGrafana, liveGrafana } from '../../../harness/grafana.ts'
import { until } from '../../../harness/until.ts'
import { temporaryFolder } from '../../store/folder.ts'

async function stage(
  settings: Partial<LiveSettings> = {},
  over: Partial<{ token: string; url: string }> = {},
  timeoutMs = 5_000,
) {
  const grafana = await liveGrafana()
  onTestFinished(() => grafana.close())
  const tokenFile = join(temporaryFolder(), 'token')
  writeFileSync(tokenFile, `${over.token ?? grafana.token}\n`, { mode: 0o600 })
  const bus = new Bus('node-1')
  const events: AnyEvent[] = []
  bus.onAny((event) => void (event.type.startsWith('grafana.') && events.push(event)))
  const target = { url: over.url ?? grafana.url, tokenFile, stream: 'linda', timeoutMs }
  const quick = { intervalMs: 20, retryMs: 10, retryCapMs: 40, ...settings }
  const stop = new GrafanaLive(bus, target, () => 0.5, quick).start()
  onTestFinished(stop)
  const goes = (account: string, to: (typeof sessionStates)[number]) =>
    bus.emit('session.state-changed', { from: 'stopped', to, reason: 'asked' }, { account })
  const scores = (account: string, score: number | null) =>
    bus.emit(
      'health.scored',
      { score, confidence: 0.5, status: 'healthy', caps: [], factors: {}, issues: [] },
      { account },
    )
  const of = (type: string) => events.filter((event) => event.type === type)
  return { grafana, bus, stop, goes, scores, of, tokenFile }
}

/** The newest that Grafana has of each account, as a panel would show it. */
function shown({ taken }: LiveGrafana): Record<string, unknown> {
  const lines = taken.flatMap(({ lines }) => lines)
  return Object.fromEntries(
    lines.map(({ measurement, tags, fields }) => [
      `${measurement} ${tags.account}`,
      measurement === 'state' ? fields.state : fields.score,
    ]),
  )
}

const told = (grafana: LiveGrafana, expected: object) =>
  until(
    () => JSON.stringify(shown(grafana)),
    () =>
      JSON.stringify(Object.entries(expected).sort()) ===
      JSON.stringify(Object.entries(shown(grafana)).sort()),
  )

it('a change of state and of score is taken within a second, in nanoseconds, with the number of the metric', async () => {
  const { grafana, goes, scores, of } = await stage({ intervalMs: 250 })
  const startedAt = performance.now()
  const { at } = goes('uae-1', 'open')
  await told(grafana, { 'state uae-1': 'open' })
  scores('uae-1', 94)
  await told(grafana, { 'state uae-1': 'open', 'score uae-1': 94 })
  expect((grafana.taken.at(-1)?.receivedAt ?? Infinity) - startedAt).toBeLessThan(1_000)
  expect(grafana.taken[0]).toMatchObject({
    stream: 'linda',
    lines: [
      {
        measurement: 'state',
        tags: { account: 'uae-1' },
        fields: { state: 'open', code: BigInt(sessionStates.indexOf('open')) },
        at: BigInt(at) * 1_000_000n,
      },
    ],
  })
  await until('no event', () => of('grafana.pushed').length > 0)
})

it('many changes are few requests, and the last one of each account wins', async () => {
  const { grafana, goes, scores } = await stage({ intervalMs: 40 })
  for (let round = 0; round < 50; round += 1)
    for (let account = 1; account <= 20; account += 1) {
      goes(`uae-${account}`, round % 2 === 0 ? 'connecting' : 'open')
      scores(`uae-${account}`, round)
    }
  const all = Array.from({ length: 20 }, (_, i) => [
    [`state uae-${i + 1}`, 'open'],
    [`score uae-${i + 1}`, 49],
  ]).flat()
  await told(grafana, Object.fromEntries(all))
  expect(grafana.requests).toBeLessThanOrEqual(3)
})

it('a request has no more points than it may; the others follow', async () => {
  const { grafana, goes } = await stage({ most: 10 })
  for (let account = 1; account <= 25; account += 1) goes(`uae-${account}`, 'open')
  await until('not all', () => grafana.taken.length === 3)
  expect(grafana.taken.map(({ lines }) => lines.length)).toEqual([10, 10, 5])
})

it.each<[string, LiveGrafana['mood'], RegExp]>([
  ['is busy', 503, /^http 503$/],
  ['wants another token', 401, /^http 401$/],
  ['cannot convert', 500, /^http 500$/],
  ['has had enough', 429, /^http 429$/],
  ['does not answer', 'hang', /./],
])('where Grafana %s, the newest waits and is told when it is back', async (_, mood, detail) => {
  const { grafana, goes, of } = await stage({}, {}, mood === 'hang' ? 300 : 5_000)
  grafana.mood = mood
  goes('uae-1', 'open')
  await until('no failure', () => of('grafana.push-failed').length >= 2)
  goes('uae-1', 'logged-out')
  for (const event of of('grafana.push-failed'))
    expect(event).toMatchObject({ detail: expect.stringMatching(detail) })
  grafana.mood = 'ok'
  await told(grafana, { 'state uae-1': 'logged-out' })
  // The one that was on its way when Grafana came back may still have got through.
  expect(grafana.taken.length).toBeLessThanOrEqual(2)
})

it('nobody there: the delay doubles up to its cap, and what waits does not grow', async () => {
  const { grafana, goes, of } = await stage()
  await grafana.close()
  for (let i = 0; i < 100; i += 1) goes('uae-1', i % 2 === 0 ? 'open' : 'connecting')
  await until('no failures', () => of('grafana.push-failed').length >= 5)
  const failures = of('grafana.push-failed') as unknown as {
    retryMs: number
    waiting: number
    detail: string
  }[]
  expect(failures.slice(0, 5).map(({ retryMs }) => retryMs)).toEqual([8, 15, 30, 30, 30])
  for (const failure of failures) expect(failure).toMatchObject({ waiting: 1, detail: 'ECONNREFUSED' })
})

it('lines that Grafana refuses as they are are not sent for ever', async () => {
  const { grafana, goes, of } = await stage()
  grafana.mood = 400
  goes('uae-1', 'open')
  await until('not dropped', () => of('grafana.dropped').length === 1)
  grafana.mood = 'ok'
  goes('uae-2', 'open')
  await told(grafana, { 'state uae-2': 'open' })
  expect(of('grafana.dropped')[0]).toMatchObject({ count: 1, why: 'refused', detail: 'http 400' })
  expect(of('grafana.push-failed')).toEqual([])
})

it('accounts beyond the limit are counted and cost no memory; a retired one makes room', async () => {
  const { grafana, bus, goes, of } = await stage({ limit: 2 })
  goes('uae-1', 'open')
  goes('uae-2', 'open')
  goes('uae-3', 'open')
  expect(of('grafana.dropped')).toMatchObject([{ why: 'full', count: 1 }])
  bus.emit('account.listed', { what: 'retired', fields: [] }, { account: 'uae-1' })
  goes('uae-3', 'open')
  await told(grafana, { 'state uae-2': 'open', 'state uae-3': 'open' })
})

it('a score that is not known is not told, and a false token is said without showing it', async () => {
  const { grafana, goes, scores, of, tokenFile } = await stage({}, { token: 'wr\nong' })
  scores('uae-1', null)
  goes('uae-1', 'open')
  await until('no failure', () => of('grafana.push-failed').length > 0)
  expect(of('grafana.push-failed')[0]).toMatchObject({ detail: `${tokenFile} holds no token`, waiting: 1 })
  expect(grafana.requests).toBe(0)
  // Somebody mends the file; the agent goes on.
  writeFileSync(tokenFile, grafana.token)
  await told(grafana, { 'state uae-1': 'open' })
})

it('everything is told again from time to time, for those who come later', async () => {
  const { grafana, goes } = await stage({ againMs: 60 })
  goes('uae-1', 'open')
  await until('not again', () => grafana.taken.length >= 3)
  const times = grafana.taken.map(({ lines }) => lines[0]?.at ?? 0n)
  expect([...times].sort((a, b) => Number(a - b))).toEqual(times)
  expect(times.at(-1)).toBeGreaterThan(times[0] as bigint)
})

it.each<[string, (bus: Bus) => void]>([
  [
    'a write that was refused',
    (bus) => void bus.emit('store.write-fenced', {}, { account: 'uae-1', epoch: 1 }),
  ],
  [
    'its session being let go',
    (bus) =>
      void bus.emit(
        'session.state-changed',
        { from: 'open', to: 'replaced', reason: 'fenced' },
        { account: 'uae-1' },
      ),
  ],
])('what another process has taken is told by that one alone, from %s on', async (_, fence) => {
  const { grafana, bus, goes, scores } = await stage({ againMs: 40 })
  goes('uae-1', 'open')
  scores('uae-1', 90)
  goes('uae-2', 'open')
  await told(grafana, { 'state uae-1': 'open', 'score uae-1': 90, 'state uae-2': 'open' })
  fence(bus)
  const before = grafana.taken.length
  goes('uae-1', 'replaced')
  scores('uae-1', 25)
  // The other one is told again all the while; one request may have been on its way.
  await until('not again', () => grafana.taken.length >= before + 4)
  const after = grafana.taken.slice(before + 1).flatMap(({ lines }) => lines)
  expect(new Set(after.map(({ tags }) => tags.account))).toEqual(new Set(['uae-2']))
})

it('stopping waits for no answer, and nothing is sent after it', async () => {
  const { grafana, goes, stop, of } = await stage()
  grafana.mood = 'hang'
  goes('uae-1', 'open')
  await until('not asked', () => grafana.requests === 1)
  await stop()
  grafana.mood = 'ok'
  goes('uae-1', 'connecting')
  expect([grafana.taken.length, of('grafana.push-failed').length]).toEqual([0, 0])
})
