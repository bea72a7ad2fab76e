// Everything that docker-compose.yml mounts and no checkout has: keys, tokens, passwords, folders for data, and the .env that says whose they are.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Role } from '../../agent/admin/access/roles.ts'
import {
  addToken,
  mintToken,
  partsOf,
  readTokens,
  type TokenLimits,
} from '../../agent/admin/access/token-file.ts'
import { startSimulator } from '../../tests/simulator/index.ts'
import { environment } from './environment.ts'
import { Files } from './files.ts'

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
  const { uid, gid } = ids()
  const files = new Files(root, process.getuid?.() === 0 ? { uid, gid } : null)
  for (const name of ['secrets', ...secretFolders.map((each) => `secrets/${each}`)]) files.folder(name)
  for (const name of ['data', 'data/stack', ...dataFolders.map((each) => `data/stack/${each}`)])
    files.folder(name)
  files.once('secrets/linda/master.key', randomBytes(32).toString('hex'))
  // In hex: they pass through shells, YAML and command lines, where a first hyphen would be an option.
  for (const [first, ...others] of shared) {
    const known = [first, ...others]
      .map((each) => files.read(`secrets/${each}`))
      .filter((each) => each !== null)
    if (new Set(known).size > 1)
      files.notes.push(
        `${[first, ...others].map((each) => `secrets/${each}`).join(' and ')} differ and must not`,
      )
    const value = known[0] ?? randomBytes(24).toString('hex')
    for (const each of [first, ...others]) files.once(`secrets/${each}`, value)
  }
  const password = files.read('secrets/postgres/postgres.password')
  files.once('secrets/linda/postgres.pgpass', `postgres:5432:linda:linda:${password}`)
  // Useless without the signed identity of whoever pressed the button.
  await token(files, 'grafana/linda.token', 'grafana', 'operator', { grafana: 'required' })
  await token(files, 'admin.token', 'admin', 'admin')
  if (demo) await token(files, 'demo/demo.token', 'demo', 'operator')
  const text = environment(files.read('.env.example') ?? '', {
    uid,
    gid,
    demo: demo ? await demoKey(files) : null,
  })
  if (!files.once('.env', text) && demo)
    files.notes.push(
      '.env was there and stays as it is: remove it and run this again to point it at the demo',
    )
  if (!demo) for (const note of missing(files)) files.notes.push(note)
  files.notes.push(
    `then: docker compose up -d; the commands of linda use LINDA_TOKEN_FILE=secrets/admin.token`,
  )
  return { made: files.made, kept: files.kept, notes: files.notes }
}

/** Containers never run as root; where root makes the files they are given to the first user of a usual machine. */
function ids(): { uid: number; gid: number } {
  const uid = process.getuid?.() ?? 1000
  return uid === 0 ? { uid: 1000, gid: 1000 } : { uid, gid: process.getgid?.() ?? uid }
}

async function token(
  files: Files,
  file: string,
  name: string,
  role: Role,
  limits: TokenLimits = {},
): Promise<void> {
  const path = `secrets/${file}`
  const book = 'secrets/linda/tokens.yaml'
  const known = files.read(path)
  if (known === null) {
    const { token, entry } = await mintToken(name, role, limits)
    // The token first: an entry whose token nobody has would be a door without a key.
    files.once(path, token)
    addToken(files.path(book), entry)
    files.give(book)
    return
  }
  files.keep(path)
  const id = partsOf(known)?.id
  if (!readTokens(files.path(book)).some((entry) => entry.id === id))
    files.notes.push(`${path} is in nobody's list (${book}): remove it and run this again`)
}

/** The simulator keeps its key with its state, which is made here once. */
async function demoKey(files: Files): Promise<string> {
  const folder = 'data/stack/simulator'
  const simulator = await startSimulator({ state: files.path(folder), port: 0, controlPort: 0 })
  await simulator.close()
  for (const name of ['simulator.db', 'ledger.jsonl'])
    if (existsSync(files.path(`${folder}/${name}`))) files.give(`${folder}/${name}`)
  return simulator.rootKey
}

function* missing(files: Files): Generator<string> {
  for (const [file, what] of Object.entries(awaited))
    if (files.read(file) === null) yield `${file} is still to be made by you: ${what}`
  for (const name of ['linda.yaml', 'pager.yaml'])
    if (!existsSync(files.path(name)))
      yield `${name} is still to be made by you: cp ${name.replace('.', '.example.')} ${name}, and put your own in it`
}
