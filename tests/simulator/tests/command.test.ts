// The command line: one line of JSON when ready, one clear line on stderr and exit 2 when it cannot start.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { spawnSimulator } from '../index.ts'

vi.setConfig({ testTimeout: 40_000 })

const main = join(import.meta.dirname, '..', 'main.ts')

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...args])
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => {
    out += data
    // Ready, though it should not be: end it, so that the test sees the wrong exit code.
    child.kill('SIGTERM')
  })
  child.stderr.on('data', (data) => (err += data))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

const temporary = () => {
  const directory = mkdtempSync(join(tmpdir(), 'simulator-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const free = ['--port', '0', '--control-port', '0']

test('ready is one line of JSON, and SIGTERM ends it with 0', async () => {
  const { code, out, err } = await run(...free)
  const ready = JSON.parse(out)
  expect(out.trim().split('\n')).toHaveLength(1)
  expect(ready.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/chat$/)
  expect(ready.rootKey).toMatch(/^[0-9a-f]{64}$/)
  expect(ready.controlUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect({ code, err }).toEqual({ code: 0, err: '' })
})

test.each([
  [['--prot', '1'], /unknown option '--prot'/],
  [['--port', 'x'], /whole number from 0 to 65535/],
  [['--seed', '-1'], /whole number/],
  [['extra'], /too many arguments/],
  [['--schedule', '/nowhere/at/all.json'], /--schedule .*ENOENT/],
])('%j is refused in one line with exit 2', async (args, message) => {
  const { code, out, err } = await run(...args)
  expect({ code, out, lines: err.trim().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 })
  expect(err).toMatch(message)
})

test.each([
  ['not JSON', 'JSON'],
  ['[{"fault":{"kind":"reset"}}]', 'atMs'],
  ['[{"atMs":5,"fault":{"kind":"close","code":200}}]', 'expected one of 401'],
])('the schedule %s is refused with exit 2', async (text, message) => {
  const file = join(temporary(), 'schedule.json')
  writeFileSync(file, text)
  const { code, err } = await run(...free, '--schedule', file)
  expect(code).toBe(2)
  expect(err).toContain(message)
  expect(err.trim().split('\n')).toHaveLength(1)
})

test.each(['--port', '--control-port'])('%s in use is said, with exit 2', async (option) => {
  const server = createServer()
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  onTestFinished(() => void server.close())
  const { code, err } = await run(...free, option, String(port))
  expect({ code, err }).toEqual({ code: 2, err: `error: port ${port} on 127.0.0.1 is in use\n` })
})

test('a directory has one simulator', async () => {
  const state = temporary()
  const simulator = await spawnSimulator({ state })
  onTestFinished(() => simulator.close())
  const { code, err } = await run(...free, '--state', state)
  expect(code).toBe(2)
  expect(err).toContain('another simulator is using this directory')
})
