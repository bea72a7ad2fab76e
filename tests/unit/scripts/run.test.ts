// scripts/run.mjs: packages are installed once however many start, and the child's signals and end are those of the command.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const source = join(import.meta.dirname, '../../../scripts')
const lock = JSON.stringify({
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  },
})
let root: string

/** An npm that takes a moment, counts its calls and leaves the record that npm leaves. */
const npm = `#!/bin/sh
echo "$@" >> "$FAKE/calls"
sleep 0.3
if [ -n "$FAKE_FAILS" ]; then echo "npm error code $FAKE_FAILS" >&2; exit 1; fi
mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
`

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'linda-run-'))
  mkdirSync(join(root, 'scripts'))
  cpSync(join(source, 'run.mjs'), join(root, 'scripts/run.mjs'))
  cpSync(join(source, 'run'), join(root, 'scripts/run'), { recursive: true })
  mkdirSync(join(root, 'fake'))
  writeFileSync(join(root, 'fake/npm'), npm)
  chmodSync(join(root, 'fake/npm'), 0o755)
  writeFileSync(join(root, 'package-lock.json'), lock)
  writeFileSync(
    join(root, 'hello.ts'),
    'const who: string = process.argv.slice(2).join("+")\nconsole.log("hello " + who)',
  )
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function start(args: string[], env: Record<string, string> = {}): ChildProcess & { said: () => string } {
  const fake = join(root, 'fake')
  const { npm_execpath: _, ...rest } = process.env
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...args], {
    cwd: root,
    env: { ...rest, FAKE: fake, ...env, PATH: `${fake}${delimiter}${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      said += chunk
    })
  return Object.assign(child, { said: () => said })
}

async function run(args: string[], env?: Record<string, string>) {
  const child = start(args, env)
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { status, signal, said: child.said() }
}

function calls(): number {
  const file = join(root, 'fake/calls')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0
}

function installed(version: string) {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  const record = { packages: { 'node_modules/a': { version } } }
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify(record))
}

describe('packages', () => {
  it('are installed once by two that start together, and not again', async () => {
    const both = await Promise.all([run(['hello.ts', 'a', 'b']), run(['hello.ts'])])
    expect(both.map(({ status }) => status)).toEqual([0, 0])
    expect(both[0]?.said).toContain('hello a+b\n')
    expect((await run(['hello.ts'])).said).toBe('hello \n')
    expect(calls()).toBe(1)
    expect(existsSync(join(root, '.linda/install.lock'))).toBe(false)
  })

  it('are installed again when the lock file asks for another version', async () => {
    await run(['hello.ts'])
    writeFileSync(join(root, 'package-lock.json'), lock.replace('1.0.0', '1.0.1'))
    expect((await run(['hello.ts'])).said).toContain('linda: installing packages')
    expect(calls()).toBe(2)
  })

  it('that a developer installed are good when they agree with the lock file', async () => {
    installed('1.0.0')
    await run(['hello.ts'])
    expect(calls()).toBe(0)
    installed('0.9.0')
    writeFileSync(join(root, 'package-lock.json'), `${lock}\n`)
    await run(['hello.ts'])
    expect(calls()).toBe(1)
  })

  it('that cannot be installed say so with the words of npm', async () => {
    const broken = await run(['hello.ts'], { FAKE_FAILS: 'EUSAGE' })
    expect(broken).toMatchObject({
      status: 1,
      said: expect.stringContaining('linda: npm ci failed (1)\nnpm error code EUSAGE'),
    })
    const offline = await run(['hello.ts'], { FAKE_FAILS: 'ENOTFOUND' })
    expect(offline.said).toContain('npm does not reach its registry')
    expect(existsSync(join(root, '.linda/install.lock'))).toBe(false)
  })

  it('wait for no process that is gone', async () => {
    const path = join(root, '.linda/install.lock')
    mkdirSync(path, { recursive: true })
    const past = new Date(Date.now() - 60_000)
    utimesSync(path, past, past)
    expect((await run(['hello.ts'])).status).toBe(0)
    expect(calls()).toBe(1)
  })
})

describe('the child', () => {
  beforeEach(() => installed('1.0.0'))

  it('has its exit status passed on', async () => {
    writeFileSync(join(root, 'exit.ts'), 'process.exitCode = 3')
    expect(await run(['exit.ts'])).toMatchObject({ status: 3, signal: null })
  })

  it('has the signal that ended it passed on', async () => {
    writeFileSync(join(root, 'die.ts'), 'process.kill(process.pid, "SIGKILL")')
    expect(await run(['die.ts'])).toMatchObject({ status: null, signal: 'SIGKILL' })
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('gets %s once and ends in its own time', async (signal) => {
    const body = `process.on('${signal}', () => { console.log('got'); setTimeout(() => process.exit(7), 300) })
      setInterval(() => {}, 1000)
      console.log('ready')`
    writeFileSync(join(root, 'wait.ts'), body)
    const child = start(['wait.ts'])
    while (!child.said().includes('ready')) await once(child.stdout as NodeJS.ReadableStream, 'data')
    child.kill(signal)
    child.kill(signal)
    const [status] = await once(child, 'close')
    expect(status).toBe(7)
    expect(child.said()).toBe('ready\ngot\n')
  })

  it('finds the installed commands first', async () => {
    writeFileSync(join(root, 'path.ts'), 'console.log(process.env.PATH)')
    expect((await run(['path.ts'])).said.startsWith(join(root, 'node_modules/.bin'))).toBe(true)
  })

  it('must be named', async () => {
    expect(await run([])).toMatchObject({
      status: 1,
      said: 'linda: usage: node scripts/run.mjs FILE.ts [ARGUMENTS]\n',
    })
  })
})
