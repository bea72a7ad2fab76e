// `linda backtest` reports on a good trace, and on a bad one prints nothing but what is wrong, with status 2.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BacktestOptions, backtest } from '../../../agent/cli/backtest.ts'
import { asLines, kinds, makeTrace } from '../pairing/backtest/traces.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

const good = '{"account":"a1","at":1700000000000,"scan_ms":18400}\n'
const never = '{"account":"a2","at":1700000000001,"scan_ms":null}\n'

async function run(text: string | null, options: Partial<BacktestOptions> = {}) {
  const { io, said } = terminal()
  const cwd = temporaryFolder()
  if (text !== null) writeFileSync(join(cwd, 'trace.jsonl'), text)
  const all = { trace: 'trace.jsonl', json: false, watched: false, ...options }
  return { status: await backtest(all, { ...io, cwd }), ...said }
}

describe('--json', () => {
  it('is one object with the default and the five policies, in whole milliseconds', async () => {
    const { status, out, err } = await run(good + never, { json: true })
    expect([status, err, out.split('\n').length]).toEqual([0, '', 2])
    const one = { attempts: 2, connections: 1, regenerations: 3, per100: 300, p95_error: null }
    expect(JSON.parse(out)).toEqual({
      default: 'survival',
      policies: [
        { policy: 'fixed60', ...one, mean_window_ms: 60_000, wasted_ms: 240_000 },
        { policy: 'fixed120', ...one, mean_window_ms: 120_000, wasted_ms: 480_000 },
        { policy: 'fixed180', ...one, mean_window_ms: 180_000, wasted_ms: 720_000 },
        { policy: 'blend', ...one, mean_window_ms: 120_000, wasted_ms: 480_000 },
        { policy: 'survival', ...one, mean_window_ms: 132_000, wasted_ms: 540_000 },
      ],
    })
  })

  it('has a fixed window that was named beside the five', async () => {
    const { out } = await run(good, { json: true, policy: ['fixed90', 'blend', 'fixed90'] })
    const names = JSON.parse(out).policies.map(({ policy }: { policy: string }) => policy)
    expect(names).toEqual(['fixed60', 'fixed120', 'fixed180', 'blend', 'survival', 'fixed90'])
  })

  it('has no figure where there is nothing to divide by', async () => {
    const { out } = await run(never, { json: true })
    expect(JSON.parse(out).policies[0]).toMatchObject({ connections: 0, per100: null, p95_error: null })
  })

  it('judges the p95 from the 300th attempt on', async () => {
    const { out } = await run(asLines(makeTrace(kinds.fast, 1, 400).people()), { json: true })
    for (const { p95_error } of JSON.parse(out).policies) expect(p95_error).toBeGreaterThanOrEqual(0)
  })
})

it('the table shows the policies that were named, and says what an attempt is', async () => {
  const { status, out, err } = await run(good + never, { policy: ['survival', 'fixed90'] })
  expect([status, err]).toEqual([0, ''])
  const [head, ...rows] = out.split('\n').map((line) => line.trim().split(/ {2,}/))
  expect(head?.slice(0, 5)).toEqual(['POLICY', 'ATTEMPTS', 'CONNECTIONS', 'REGENERATIONS', 'PER 100'])
  expect(rows.slice(0, 3)).toEqual([
    ['survival', '2', '1', '3', '300.0', '132.0s', '9.0m', '-'],
    ['fixed90', '2', '1', '3', '300.0', '90.0s', '6.0m', '-'],
    [''],
  ])
  expect(out).toContain('Attempts are people')
  expect(out).not.toMatch(/ \n/)
})

it('--account leaves the others out', async () => {
  const { out } = await run(good + never, { json: true, account: 'a1' })
  expect(JSON.parse(out).policies[0]).toMatchObject({ attempts: 1, connections: 1, wasted_ms: 0 })
})

it('blank lines, a carriage return and a missing last line feed are no mistakes', async () => {
  const { status, out } = await run(`\n${good.trim()}\r\n\n  \n${never.trim()}`, { json: true })
  expect(status).toBe(0)
  expect(JSON.parse(out).policies[0].attempts).toBe(2)
})

describe('a mistake', () => {
  it.each([
    [
      'no such file',
      null,
      {},
      'trace.jsonl: found no such file, allowed: a file with one attempt per line\n',
    ],
    [
      'a folder',
      '',
      { trace: '.' },
      '.: found an unreadable file (EISDIR), allowed: a file with one attempt per line\n',
    ],
    ['an empty trace', '', {}, 'trace.jsonl: found no attempt, allowed: one per line, at least one\n'],
    [
      'blank lines alone',
      '\n \n',
      {},
      'trace.jsonl: found no attempt, allowed: one per line, at least one\n',
    ],
    [
      'an unknown account',
      good + never,
      { account: 'b1' },
      '--account: found b1, allowed: an account of the trace: a1, a2\n',
    ],
    [
      'an unknown policy',
      good,
      { policy: ['guess'] },
      '--policy: found guess, allowed: blend, survival, or fixedN with N from 10 to 600 seconds\n',
    ],
    [
      'a window that is no window',
      good,
      { policy: ['fixed5'] },
      '--policy: found fixed5, allowed: blend, survival, or fixedN with N from 10 to 600 seconds\n',
    ],
  ])('%s', async (_, text, options, err) => {
    for (const json of [false, true])
      expect(await run(text, { ...options, json })).toEqual({ status: 2, out: '', err })
  })

  it('in a line is shown with the number of the line', async () => {
    const { status, out, err } = await run(`${good}${good}not json\n`)
    expect([status, out]).toEqual([2, ''])
    expect(err).toBe(
      'trace.jsonl:3: found not json, allowed: JSON like {"account":"a1","at":1700000000000,"scan_ms":18400}\n',
    )
  })

  it('in many lines is shown for the first five, and counted', async () => {
    const bad = '{"account":"a1","at":1700000000000,"scan_ms":-5}\n'
    const { status, err } = await run(good + bad.repeat(9), { account: 'nobody' })
    expect(status).toBe(2)
    expect(err.match(/found scan_ms -5/g)).toHaveLength(5)
    expect(err.split('\n').at(-2)).toBe('trace.jsonl: and 4 more bad lines, 9 in all')
  })

  it('a line without an end is one mistake, however long the file is', async () => {
    const { status, err } = await run(`${'x'.repeat(300_000)}\n${good}`)
    expect(status).toBe(2)
    expect(err).toBe(
      `trace.jsonl:1: found ${'x'.repeat(57)}..., allowed: a line of at most 10000 characters\n`,
    )
  })
})

it('draws a bar on a long trace when somebody watches, and wipes it', async () => {
  const long = asLines(makeTrace(kinds.fast, 1, 5_000).people())
  const options = { policy: ['fixed60'] }
  expect((await run(long, options)).err).toBe('')
  const { err } = await run(long, { ...options, watched: true })
  expect(err).toContain('] 50% fixed60')
  expect(err.endsWith('\r\u001b[K')).toBe(true)
  expect((await run(good, { ...options, watched: true })).err).toBe('')
})
