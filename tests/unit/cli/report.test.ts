// `linda report` shows tables, writes documents into new files only, and says what does not fit.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { Hono } from 'hono'
import { expect, it, onTestFinished } from 'vitest'
import type { AdminEnv } from '../../../agent/admin/auth.ts'
import { addReportCommand } from '../../../agent/cli/report-commands.ts'
import { listen } from '../../../agent/http.ts'
import { adminStage, tokens } from '../admin/stage.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

async function against(app: Hono<AdminEnv> | Hono) {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test')
  onTestFinished(() => listener.close(0))
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'token'), `${tokens.operator}\n`)
  const env = { LINDA_URL: listener.url, LINDA_TOKEN_FILE: join(cwd, 'token') }
  const linda = async (...line: string[]) => {
    const { io, said } = terminal(env)
    let status = -1
    const program = new Command('linda').exitOverride().configureOutput({ writeErr: (text) => io.err(text) })
    addReportCommand(program, { ...io, cwd }, (found) => {
      status = found
    })
    await program.parseAsync(['report', ...line], { from: 'user' }).catch(() => {
      status = 2
    })
    return { status, ...said }
  }
  return { linda, cwd }
}

it('shows tables, or the document that is asked for', async () => {
  const { linda } = await against((await adminStage(2)).app)
  const { status, out } = await linda('daily')
  expect([status, out]).toEqual([0, expect.stringMatching(/^Daily report of the fleet, .*\nuae-2 /s)])
  expect((await linda('weekly', '--format', 'csv', '--account', 'uae-2')).out.split('\r\n')).toHaveLength(3)
  expect(JSON.parse((await linda('monthly', '--format', 'json')).out)).toMatchObject({ type: 'monthly' })
})

it('writes a file that only its owner reads, and never over another', async () => {
  const { linda, cwd } = await against((await adminStage(1)).app)
  expect(await linda('weekly', '--format', 'pdf', '--out', 'r.pdf')).toEqual({
    status: 0,
    out: '',
    err: 'wrote r.pdf\n',
  })
  const file = join(cwd, 'r.pdf')
  expect([readFileSync(file).subarray(0, 5).toString(), statSync(file).mode & 0o777]).toEqual([
    '%PDF-',
    0o600,
  ])
  expect(await linda('weekly', '--format', 'pdf', '--out', 'r.pdf')).toMatchObject({
    status: 2,
    err: '--out: found r.pdf, which exists, allowed: the path of a new file\n',
  })
  expect(await linda('daily', '--out', 'no/such/folder')).toMatchObject({
    status: 1,
    err: expect.stringContaining('ENOENT'),
  })
})

it.each([
  [['daily', '--format', 'pdf'], 'because a PDF is no text'],
  [['daily', '--send', '--format', 'csv'], '--send: found it with other options'],
  [['daily', '--send'], 'reports.to, reports.from and reports.smtp are not all configured'],
  [['daily', '--account', 'nobody'], 'no account has the id or phone "nobody"'],
  [['daily', '--until', 'noon'], 'an ISO 8601 time'],
  [['yearly'], 'Allowed choices are daily, weekly, monthly'],
])('%j is a mistake of the caller', async (line, err) => {
  const { linda, cwd } = await against((await adminStage(1)).app)
  expect(await linda(...line)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(err) })
  expect(existsSync(join(cwd, 'out'))).toBe(false)
})

it('an answer that is none of Linda is no report', async () => {
  const app = new Hono().all('*', (c) => c.text('hello'))
  const { linda } = await against(app)
  expect(await linda('daily')).toMatchObject({ status: 1, err: expect.stringContaining('no Linda') })
})
