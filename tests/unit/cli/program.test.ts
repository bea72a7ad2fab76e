// The tree of commands as a whole: what every command has, and what the real program answers to people's mistakes.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { exitsOf } from '../../../agent/cli/exits.ts'
import { commandsOf, makeProgram } from '../../../agent/cli/program.ts'
import { showStatus } from '../../../agent/cli/status.ts'
import { listen } from '../../../agent/http.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

const tree = () => makeProgram({ io: terminal().io, finish: () => {}, run: async () => 0, version: '1.2.3' })
const commands = [...commandsOf(tree())]

/** One prints a log until it is stopped, the other lines for a shell. */
const withoutJson = ['run', 'completion']

it.each(commands.filter(({ name }) => !withoutJson.includes(name)))(
  'linda $name takes --json',
  ({ command }) => {
    const own = [command, command.parent].flatMap((each) => each?.options.map(({ long }) => long) ?? [])
    expect(own).toContain('--json')
  },
)

it.each(commands)('linda $name says what it does and what its statuses mean', ({ command }) => {
  expect(command.description()).toMatch(/^[a-z].*[^.]$/)
  for (const meaning of Object.values(exitsOf(command))) expect(meaning).toMatch(/^[a-z].*[^.]$/)
  for (const { description } of [...command.options, ...command.registeredArguments])
    expect(description).not.toBe('')
})

it('can be put together without running anything, and runs what it is given', async () => {
  const seen: unknown[] = []
  const { io, said } = terminal()
  const program = makeProgram({
    io,
    finish: (status) => seen.push(status),
    run: async (config) => {
      seen.push(config)
      return 0
    },
    version: '1.2.3',
  })
  expect(seen).toEqual([])
  await program.parseAsync(['run', '-c', 'x.yaml'], { from: 'user' })
  expect(seen).toEqual(['x.yaml', 0])
  await expect(program.parseAsync(['--version'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 })
  expect(said.out).toBe('1.2.3\n')
})

const main = join(import.meta.dirname, '../../../agent/main.ts')
const linda = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH, ...env } })

it.each([
  [['send', '+971501234567', 'hello', '--key', ''], /^error: --key <key>: found an empty value/],
  [['send', '+971501234567', ''], /^error: <text>: found an empty value/],
  [['messages', '--account', ''], /^error: --account <account>: found an empty value/],
  [['routing', ''], /^error: <pool>: found an empty value/],
  [['failover', 'on', '--from', 'uae-1'], /found --from, which is an option of "linda failover"/],
  [['messages', 'show', 'X', '--pool', 'nope'], /means nothing to "linda messages show"/],
  [['failover', '--to', 'uae-1'], /^error: --from: found nothing/],
])('refuses %j, which would mean something else than it says', async (args, message) => {
  const { io, said } = terminal()
  const program = makeProgram({ io, finish: () => {}, run: async () => 0, version: '1.2.3' })
  await expect(program.parseAsync([...args], { from: 'user' })).rejects.toMatchObject({ exitCode: 1 })
  expect(said.err).toMatch(message)
  expect(said.err).toMatch(/^.* \(linda help shows every command\)\n$/)
})

it('shows in the help of a command only the options of its group that it obeys', () => {
  const [, list] = [...commandsOf(tree())]
    .filter(({ name }) => name.startsWith('failover'))
    .map(({ command }) => command)
  const help = list?.helpInformation() ?? ''
  expect(help).toContain('--json')
  expect(help).not.toContain('--force')
})

it.each([
  [['statsu'], {}, /^error: unknown command 'statsu' \(Did you mean status\?\) \(linda help [a-z ]+\)\n$/],
  [['qr'], {}, /^error: missing required argument 'account'/],
  [['report', 'yearly'], {}, /^error: .*'yearly' is invalid.*daily, weekly, monthly/],
  [
    ['accounts'],
    {},
    /^LINDA_TOKEN_FILE: found nothing, allowed: the path of a file that holds an admin token\n$/,
  ],
  [['accounts'], { LINDA_URL: 'localhost:8420' }, /^LINDA_URL: found "localhost:8420", allowed: .*\n$/],
  [['backup', '/nowhere/x.gz', '-c', 'none.yaml'], {}, /^none\.yaml: .*\n$/],
] as const)('the process says %j with %o in words, status 2', (args, env, words) => {
  const { status, stdout, stderr } = linda([...args], { ...env })
  expect(stderr).toMatch(words)
  expect([status, stdout]).toEqual([2, ''])
})

async function asked(app: Hono | null, env: Record<string, string> = {}) {
  const listener = await listen(app ?? new Hono(), { host: '127.0.0.1', port: 0 }, 'test')
  if (!app) await listener.close(0)
  const file = join(temporaryFolder(), 'token')
  writeFileSync(file, 'linda_x_y\n')
  const { io, said } = terminal({ LINDA_TOKEN_FILE: file, LINDA_URL: listener.url, ...env })
  const status = await showStatus({ json: false }, io)
  if (app) await listener.close(0)
  return { status, url: listener.url, ...said }
}

it('nobody there: status 1; where LINDA_URL is not set it says so', async () => {
  const { status, err, url } = await asked(null)
  expect([status, err]).toEqual([1, `cannot ask ${url}: connect ECONNREFUSED ${url.slice(7)}\n`])
  // Nobody may listen at the default address while tests run.
  const quiet = await asked(null, { LINDA_URL: '' })
  if (quiet.status === 1)
    expect(quiet.err).toMatch(/^cannot ask http:\/\/127\.0\.0\.1:8420: .*; LINDA_URL is not set/)
})

it('an agent that has no such path is another version: status 1', async () => {
  const detail = 'there is nothing at this path'
  const app = new Hono().notFound((c) => c.json({ title: 'not-found', status: 404, detail }, 404))
  const { status, err, url } = await asked(app)
  expect([status, err]).toEqual([
    1,
    `${url} knows nothing of /api/dashboard/connections: the agent there is an older or newer Linda than this command\n`,
  ])
})
