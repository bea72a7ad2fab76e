// `npm run secrets` makes each file once, for its owner only, never prints a value, and what it makes is what the services take.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { matches, partsOf, readTokens } from '../../../agent/admin/access/token-file.ts'
import { readMasterKey } from '../../../agent/store/master-key.ts'
import { SecretsError } from '../../../scripts/stack/files.ts'
import { dataFolders, makeSecrets, shared } from '../../../scripts/stack/make.ts'
import { startSimulator } from '../../simulator/index.ts'
import { temporaryFolder } from '../store/folder.ts'
import { root } from './stack.ts'

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

it('two at once make one set, and each token is in the list once', async () => {
  const [first, second] = await Promise.all([make(), make()])
  expect(new Set([...first.made, ...second.made]).size).toBe(first.made.length + second.made.length)
  const names = readTokens(join(folder, 'secrets/linda/tokens.yaml')).map(({ name }) => name)
  expect(names.sort()).toEqual(['admin', 'cli', 'grafana'])
  expect((await make()).notes.join('\n')).not.toContain("in nobody's list")
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
    ['cli', 'admin', undefined],
  ])
  const files = ['secrets/grafana/linda.token', 'secrets/admin.token', 'secrets/linda/cli.token']
  for (const [i, file] of files.entries()) {
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

  it("addresses that are nobody's", async () => {
    await make()
    const file = 'alertmanager/settings.yaml'
    mkdirSync(join(folder, dirname(file)))
    cpSync(join(root, file), join(folder, file))
    await noted(`${file} has addresses of example.com`)
  })
})

describe('one sentence instead of making anything:', () => {
  const refused = async (text: string, demo = false) => {
    const before = everything()
    await expect(make(demo)).rejects.toThrow(SecretsError)
    await expect(make(demo)).rejects.toThrow(text)
    expect(everything()).toEqual(before)
  }

  it('a file where a folder must be', async () => {
    writeFileSync(join(folder, 'secrets'), '')
    await refused('cannot make secrets')
  })

  it('no checkout', async () => {
    rmSync(join(folder, '.env.example'))
    await refused('there is no .env.example in')
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['linda/master.key', 'pager/pager.token', 'grafana/admin.password', 'linda/cli.token'])(
    'a secret with nothing in it: %s',
    async (name) => {
      const file = `secrets/${name}`
      await make()
      for (const text of ['', '\n']) {
        writeFileSync(join(folder, file), text)
        await refused(`${file}: empty, and no secret`)
      }
      rmSync(join(folder, file))
      mkdirSync(join(folder, file))
      await refused(`cannot read ${file}`)
    },
  )

  it('a list of tokens that cannot be read', async () => {
    await make()
    writeFileSync(join(folder, 'secrets/linda/tokens.yaml'), 'a: [')
    await refused('secrets/linda/tokens.yaml: ')
  })

  it('an .env whose containers would run as root', async () => {
    writeFileSync(join(folder, '.env'), 'LINDA_UID=0\n')
    await refused('.env: LINDA_UID: found "0", allowed: a whole number above 0')
  })
})

it('a write that fails leaves no file behind that the next run would take for a secret', async () => {
  const limited = 'ulimit -f 0; trap "" XFSZ; exec "$0" "$@"'
  const args = [process.execPath, join(root, 'scripts/secrets.ts'), '--root', folder]
  const { status, stderr } = spawnSync('bash', ['-c', limited, ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^cannot write secrets\/.*: EFBIG.*\n$/)])
  expect(Object.keys(everything())).toEqual(['.env.example'])
  expect((await make()).kept).toBe(0)
  expect(readMasterKey(join(folder, 'secrets/linda/master.key'))).toHaveLength(32)
})

it('the demo has a token of its own and an .env that leads to the simulator', async () => {
  const { made } = await make(true)
  expect(made).toContain('secrets/demo/demo.token')
  const env = at('.env')
  expect(env).toMatch(/^COMPOSE_PROFILES=demo$/m)
  expect(env).toMatch(/^LINDA_WHATSAPP_ROOT_KEY=[0-9a-f]{64}$/m)
  for (const [, file = ''] of env.matchAll(/^(?:LINDA|PAGER)_FILE=\.\/(.*)$/gm))
    expect(existsSync(join(root, file))).toBe(true)
  // Also while it runs, which keeps its state locked.
  const state = join(folder, 'data/stack/simulator')
  const simulator = await startSimulator({ state, port: 0, controlPort: 0 })
  onTestFinished(() => simulator.close())
  expect(env.split('\n')).toContain(`LINDA_WHATSAPP_ROOT_KEY=${simulator.rootKey}`)
  const again = await make(true)
  expect([again.made, again.notes, at('.env')]).toEqual([[], [expect.stringMatching(/^then: /)], env])
  // Who asks for the real one is not sent to start the demo.
  const { notes } = await make()
  expect(notes.at(-1)).toMatch(/^\.env was there .*: COMPOSE_PROFILES, .* are of the demo/)
  rmSync(join(folder, '.env'))
  await expect(make(true)).rejects.toThrow(SecretsError)
  await expect(make(true)).rejects.toThrow('cannot open data/stack/simulator: ')
  // Nor is who has lost what the simulator knew its key by.
  writeFileSync(join(folder, '.env'), `${env}\n`)
  await simulator.close()
  rmSync(state, { recursive: true })
  expect((await make(true)).notes.at(-1)).toMatch(/^\.env has the key of a simulator that is gone/)
})

it('over a real .env the demo is refused a start', async () => {
  await make()
  const { notes } = await make(true)
  expect(notes.at(-1)).toMatch(/^\.env was there .*, LINDA_WHATSAPP_ROOT_KEY are not as the demo has it/)
})

const uidOf = (file: string) => statSync(join(folder, file)).uid
it('the owner is whom the containers run as, or it is said that they cannot read them', async () => {
  writeFileSync(join(folder, '.env'), 'LINDA_UID=54321\nLINDA_GID=54321\n')
  const { made, notes } = await make()
  const note = notes.filter((each) => each.includes('sudo chown -R 54321:54321 secrets data/stack'))
  const owners = new Set([...made, 'secrets/linda/tokens.yaml', 'secrets', 'data/stack/linda'].map(uidOf))
  if (process.getuid?.() === 0) expect([[...owners], note]).toEqual([[54321], []])
  else expect([owners.has(54321), note]).toEqual([false, [expect.stringContaining(' more belong ')]])
  // What was there before is not given away; it is said.
  if (process.getuid?.() !== 0) return
  chownSync(join(folder, 'secrets/linda/master.key'), 7, 7)
  expect((await make()).notes.join('\n')).toContain('secrets/linda/master.key belongs to somebody else')
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
