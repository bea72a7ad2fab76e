// `npm run secrets` makes each file once, for its owner only, never prints a value, and what it makes is what the services take.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { matches, partsOf, readTokens } from '../../../agent/admin/access/token-file.ts'
import { readMasterKey } from '../../../agent/store/master-key.ts'
import { environment } from '../../../scripts/stack/environment.ts'
import { SecretsError } from '../../../scripts/stack/files.ts'
import { dataFolders, makeSecrets, shared } from '../../../scripts/stack/make.ts'
import { temporaryFolder } from '../store/folder.ts'
import { read, root } from './stack.ts'

let folder: string
beforeEach(() => {
  folder = temporaryFolder()
  cpSync(join(root, '.env.example'), join(folder, '.env.example'))
})
const at = (file: string) => readFileSync(join(folder, file), 'utf8').trimEnd()
const make = (demo = false) => makeSecrets(folder, { demo })

function everything(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [relative(folder, path), readFileSync(path, 'latin1')]
    }),
  )
}

it('makes all of it, readable by its owner only', async () => {
  const { made, kept } = await make()
  expect(kept).toBe(0)
  for (const file of made) expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600])
  for (const name of dataFolders) expect(statSync(join(folder, 'data/stack', name)).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700)
})

it('a second time changes nothing and says so', async () => {
  const { made } = await make()
  const before = everything()
  const again = await make()
  expect(everything()).toEqual(before)
  expect(again.made).toEqual([])
  expect(again.kept).toBe(made.length)
})

it('what two services share is the same for both, and no other two secrets are', async () => {
  await make()
  const values = shared.map((group) => new Set(group.map((file) => at(`secrets/${file}`))))
  for (const each of values) expect(each.size).toBe(1)
  const all = values.flatMap((each) => [...each])
  expect(new Set(all).size).toBe(all.length)
  for (const value of all) expect(value).toMatch(/^[0-9a-f]{48}$/)
})

it('a lost half of a pair is made again from the other one', async () => {
  await make()
  const value = at('secrets/pager/pager.token')
  rmSync(join(folder, 'secrets/pager/pager.token'))
  expect((await make()).made).toEqual(['secrets/pager/pager.token'])
  expect(at('secrets/pager/pager.token')).toBe(value)
})

it('the master key, the tokens and the password file are what their readers take', async () => {
  await make()
  expect(readMasterKey(join(folder, 'secrets/linda/master.key'))).toHaveLength(32)
  const entries = readTokens(join(folder, 'secrets/linda/tokens.yaml'))
  expect(entries.map(({ name, role, grafana }) => [name, role, grafana])).toEqual([
    ['grafana', 'operator', 'required'],
    ['admin', 'admin', undefined],
  ])
  for (const [i, file] of ['secrets/grafana/linda.token', 'secrets/admin.token'].entries()) {
    const { id, secret } = partsOf(at(file)) ?? { id: '', secret: '' }
    const entry = entries[i]
    expect(entry?.id).toBe(id)
    expect(entry && (await matches(secret, entry))).toBe(true)
  }
  const [host, port, database, user, password] = at('secrets/linda/postgres.pgpass').split(':')
  expect([host, port, database, user]).toEqual(['postgres', '5432', 'linda', 'linda'])
  expect(password).toBe(at('secrets/postgres/postgres.password'))
})

describe('what is wrong is told and not mended', () => {
  const noted = async (text: string) => {
    const before = everything()
    const { notes } = await make()
    expect(notes.join('\n')).toContain(text)
    expect(everything()).toEqual(before)
  }

  it('a pair that differs', async () => {
    await make()
    writeFileSync(join(folder, 'secrets/alertmanager/pager.token'), 'another')
    await noted('secrets/alertmanager/pager.token and secrets/linda/pager.token differ and must not')
  })

  it('a token that no list has', async () => {
    await make()
    writeFileSync(join(folder, 'secrets/linda/tokens.yaml'), 'tokens: []\n')
    await noted("secrets/admin.token is in nobody's list")
  })

  it('a secret that others can read', async () => {
    await make()
    chmodSync(join(folder, 'secrets/linda/master.key'), 0o644)
    await noted('secrets/linda/master.key can be read by others than its owner')
  })

  it('what only the operator has', async () => {
    await make()
    await noted('secrets/alertmanager/slack.url is still to be made by you')
    await noted('linda.yaml is still to be made by you: cp linda.example.yaml linda.yaml')
  })

  it('a file where a folder must be', async () => {
    writeFileSync(join(folder, 'secrets'), '')
    await expect(make()).rejects.toThrow(SecretsError)
    await expect(make()).rejects.toThrow('cannot make secrets')
  })
})

it('the demo has a token of its own and an .env that leads to the simulator', async () => {
  const { made } = await make(true)
  expect(made).toContain('secrets/demo/demo.token')
  const env = at('.env')
  expect(env).toMatch(/^COMPOSE_PROFILES=demo$/m)
  expect(env).toMatch(/^LINDA_WHATSAPP_ROOT_KEY=[0-9a-f]{64}$/m)
  for (const [, file = ''] of env.matchAll(/^(?:LINDA|PAGER)_FILE=\.\/(.*)$/gm))
    expect(existsSync(join(root, file))).toBe(true)
  const again = await make(true)
  expect([again.made, at('.env')]).toEqual([[], env])
})

it('.env has the lines of .env.example, whatever is set', () => {
  const lines = (text: string) =>
    text.split('\n').map((line) => line.replace(/=.*/, '').replace(/^# (?=[A-Z_]+$)/, ''))
  const text = read('.env.example')
  expect(lines(environment(text, { uid: 7, gid: 8, demo: 'ab' }))).toEqual(lines(text))
  expect(environment(text, { uid: 7, gid: 8, demo: null })).toMatch(/^LINDA_UID=7\nLINDA_GID=8$/m)
  expect(() => environment('', { uid: 7, gid: 8, demo: null })).toThrow('.env.example has no LINDA_UID')
})

it('the command prints names and never a value, and refuses what it does not know', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'scripts/secrets.ts'), '--root', folder, ...args], {
      encoding: 'utf8',
    })
  const { status, stdout, stderr } = run()
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toContain('made secrets/linda/master.key\n')
  const values = Object.entries(everything())
    .filter(([file]) => file.startsWith('secrets/') && !file.endsWith('.yaml'))
    .map(([, text]) => text.trim())
  expect(values.length).toBeGreaterThan(10)
  for (const value of values) expect(stdout).not.toContain(value)
  expect(run('--force').status).toBe(2)
})
