// Everything that docker-compose.yml mounts and no checkout has: keys, tokens, passwords, folders for data, and the .env that says whose they are.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Role } from '../../agent/admin/access/roles.ts'
import {
  addToken,
  mintToken,
  partsOf,
  readTokens,
  TokenFileError,
  type TokenLimits,
} from '../../agent/admin/access/token-file.ts'
import { startSimulator } from '../../tests/simulator/index.ts'
import { against, environment, ownerOf } from './environment.ts'
import { Files, SecretsError } from './files.ts'

/** One folder for each service: no service sees the secrets of another. */
export const secretFolders = [
  'linda',
  'pager',
  'alertmanager',
  'grafana',
  'influxdb',
  'postgres',
  'demo',
] as const
/** Services that keep something. */
export const dataFolders = [
  'linda',
  'pager',
  'prometheus',
  'alertmanager',
  'grafana',
  'influxdb',
  'tempo',
  'postgres',
  'simulator',
] as const

/** Secrets that two services share: each has a file of its own with the same value. */
export const shared: readonly (readonly [string, ...string[]])[] = [
  ['pager/pager.token', 'alertmanager/pager.token', 'linda/pager.token'],
  ['influxdb/admin.password', 'linda/influx.password'],
  ['influxdb/grafana.password', 'grafana/influx.password'],
  ['grafana/admin.password'],
  ['postgres/postgres.password'],
]

/** All that is made, from the folder of docker-compose.yml; the token of the demo only there. */
export const secrets: readonly string[] = [
  'linda/master.key',
  'linda/postgres.pgpass',
  'linda/cli.token',
  'grafana/linda.token',
  'admin.token',
  'demo/demo.token',
  ...shared.flat(),
].map((each) => `secrets/${each}`)

const book = 'secrets/linda/tokens.yaml'
const simulatorFolder = 'data/stack/simulator'

/** Addresses that are nobody's and stand in files which are part of the checkout: what leads there, leads nowhere. */
const placeholders: Readonly<Record<string, string>> = {
  'alertmanager/settings.yaml': 'where links in alerts lead, and whom mails reach',
  'grafana/src/look/links.ts': 'where links to the linking page lead',
}

/** What only the operator has, and who needs it. */
export const awaited: Readonly<Record<string, string>> = {
  'secrets/alertmanager/slack.url': 'the address of a Slack webhook',
  'secrets/alertmanager/smtp.password': 'the password of the mail relay in alertmanager/settings.yaml',
  'secrets/pager/twilio.token': 'the auth token of Twilio, where pager.yaml has channels.twilio',
}

export interface Made {
  made: string[]
  /** Files that were there. */
  kept: number
  /** What a person should know or do. */
  notes: string[]
}

/** Throws SecretsError. @param root the folder of docker-compose.yml */
export async function makeSecrets(root: string, { demo }: { demo: boolean }): Promise<Made> {
  const uid = process.getuid?.() ?? 1000
  const me = { uid, gid: process.getgid?.() ?? uid }
  const checkout = new Files(root, me, false)
  const env = checkout.read('.env')
  const example = checkout.read('.env.example')
  if (env === null && example === null)
    throw new SecretsError(`there is no .env.example in ${root}: run this where docker-compose.yml is`)
  const owner = ownerOf(env, me, process.env)
  const files = new Files(root, owner, uid === 0)
  files.refuseEmpty(secrets)
  for (const name of ['secrets', ...secretFolders.map((each) => `secrets/${each}`)]) files.folder(name)
  for (const name of ['data', 'data/stack', ...dataFolders.map((each) => `data/stack/${each}`)])
    files.folder(name)
  files.once('secrets/linda/master.key', randomBytes(32).toString('hex'))
  shareSecrets(files)
  const password = files.read('secrets/postgres/postgres.password')
  files.once('secrets/linda/postgres.pgpass', `postgres:5432:linda:linda:${password}`)
  // Useless without the signed identity of whoever pressed the button.
  await token(files, 'grafana/linda.token', 'grafana', 'operator', { grafana: 'required' })
  await token(files, 'admin.token', 'admin', 'admin')
  // Where the commands run in the agent's container, which sees no other folder.
  await token(files, 'linda/cli.token', 'cli', 'admin')
  if (demo) await token(files, 'demo/demo.token', 'demo', 'operator')
  files.look(book)
  if (env === null)
    files.once('.env', environment(example ?? '', { ...owner, demo: demo ? await demoKey(files) : null }))
  else files.keep('.env')
  files.noteForeign()
  if (!demo) for (const note of missing(files)) files.notes.push(note)
  files.notes.push(next(files, demo))
  return { made: files.made, kept: files.kept, notes: files.notes }
}

/** In hex: they pass through shells, YAML and command lines, where a first hyphen would be an option. */
function shareSecrets(files: Files): void {
  for (const group of shared) {
    const names = group.map((each) => `secrets/${each}`)
    const known = names.map((each) => files.read(each)).filter((each) => each !== null)
    if (new Set(known).size > 1) files.notes.push(`${names.join(' and ')} differ and must not`)
    const value = known[0] ?? randomBytes(24).toString('hex')
    for (const each of names) files.once(each, value)
  }
}

/** What to do with all this; where .env is of the other kind, not to start it. */
function next(files: Files, demo: boolean): string {
  const names = against(files.read('.env') ?? '', demo)
  // It keeps its key there.
  if (demo && names.length === 0 && !existsSync(files.path(`${simulatorFolder}/simulator.db`)))
    return '.env has the key of a simulator that is gone: move .env away and run this again'
  if (names.length === 0)
    return 'then: docker compose up -d --build; the commands of linda are docker compose exec linda linda COMMAND, or in the checkout with LINDA_TOKEN_FILE=secrets/admin.token'
  const what = `.env was there and stays as it is: ${names.join(', ')}`
  return demo
    ? `${what} ${names.length === 1 ? 'is' : 'are'} not as the demo has it; move .env away and run this again`
    : `${what} ${names.length === 1 ? 'is' : 'are'} of the demo, and not your accounts but the simulator would run; docs/stack.md says how the demo is forgotten, then run this again`
}

async function token(
  files: Files,
  file: string,
  name: string,
  role: Role,
  limits: TokenLimits = {},
): Promise<void> {
  const path = `secrets/${file}`
  try {
    const entries = readTokens(files.path(book))
    const known = files.read(path)
    if (known === null) {
      const { token, entry } = await mintToken(name, role, limits)
      // The token first: an entry whose token nobody has would be a door without a key.
      if (!files.once(path, token)) return
      addToken(files.path(book), entry)
      files.give(book)
      return
    }
    files.keep(path)
    const id = partsOf(known)?.id
    if (!entries.some((entry) => entry.id === id))
      files.notes.push(`${path} is in nobody's list (${book}): remove it and run this again`)
  } catch (error) {
    throw error instanceof TokenFileError ? new SecretsError(error.message) : error
  }
}

/** The simulator keeps its key with its state, which is made here once. */
async function demoKey(files: Files): Promise<string> {
  const simulator = await startSimulator({
    state: files.path(simulatorFolder),
    port: 0,
    controlPort: 0,
  }).catch((error: Error) => {
    throw new SecretsError(
      `cannot open ${simulatorFolder}: ${error.message}; docker compose down, and run this again`,
    )
  })
  await simulator.close()
  for (const name of ['simulator.db', 'ledger.jsonl'])
    if (existsSync(files.path(`${simulatorFolder}/${name}`))) files.give(`${simulatorFolder}/${name}`)
  return simulator.rootKey
}

function* missing(files: Files): Generator<string> {
  for (const [file, what] of Object.entries(awaited))
    if (!files.read(file)) yield `${file} is still to be made by you: ${what}`
  for (const name of ['linda.yaml', 'pager.yaml'])
    if (!existsSync(files.path(name)))
      yield `${name} is still to be made by you: cp ${name.replace('.', '.example.')} ${name}, and put your own in it`
  for (const [file, what] of Object.entries(placeholders))
    if (files.read(file)?.includes('example.com'))
      yield `${file} has addresses of example.com, ${what}: put yours in and run npm run docs`
}
