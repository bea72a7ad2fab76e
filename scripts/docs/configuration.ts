// docs/configuration.md is made from the schema, so that the specification cannot differ from what the agent accepts.

import type { z } from 'zod'
import { variableOf } from '../../agent/config/environment.ts'
import { sections } from '../../agent/config/schema.ts'
import { type Branch, branch, scalars } from '../../agent/config/tree.ts'

const purposes: Readonly<Record<keyof typeof sections, string>> = {
  node: 'Which process of the fleet this one is.',
  whatsapp: 'How connections are opened, watched and opened again.',
  store: 'Where state is kept.',
  history: 'How long single events are kept, and where.',
  metrics: 'The listener for Prometheus and for health checks.',
  admin: 'The listener for administration, and who may ask it what. See [who may do what](access.md).',
  telemetry: 'Logs and traces.',
  pairing: 'How long an attempt to link a phone stays open.',
  health: 'How accounts are scored.',
  outbox: 'How messages are kept, tried and limited.',
  failover: 'When the work of an account goes to another one.',
  reports: 'When reports over a day, a week and a month are made, and who gets them by mail.',
  pager: 'Where the pager is, whose history the agent shows. See [pager](pager.md).',
  routing: 'How accounts come back, and when failing ones are left out.',
  pools:
    'A list. Accounts of one pool may stand in for one another. Without a list there is one pool, `default`.',
  accounts: 'A list: the WhatsApp numbers of the fleet.',
  webhooks: 'A list: who is told what happens, and how. See [webhooks](webhooks.md).',
}

const head = `<!-- Made by scripts/docs/configuration.ts from agent/config. Do not edit: run \`npm run docs\`. -->

# Configuration

One YAML file and the environment. The file is the one after \`--config\`, or else in \`LINDA_CONFIG\`, or else \`linda.yaml\` in
the directory that the agent is started in. \`linda.example.yaml\` is a file to begin with;
\`npm run linda -- check-config FILE\` (in the image: \`linda check-config FILE\`) checks one and answers exit status 0 or 2.

- A key that is left out has its default. An unknown key is an error.
- **Environment:** \`LINDA_A__B_C\` overrides the key \`a.b_c\`: two underscores between levels, one inside a name. It reaches every key
  outside lists. An empty variable counts as not set; \`null\` empties a key that may be null. A \`LINDA_\` variable with two underscores
  that names no key is an error.
- **Durations** are a whole number and a unit: \`1500ms\`, \`90s\`, \`5m\`, \`2h\`, \`30d\`.
- **Ids** are 2 to 32 of \`a-z\`, \`0-9\` and \`-\` and begin with a letter; \`status\`, \`metrics\`, \`trends\` and \`check\` are reserved.
- **Words** such as \`on\` and \`off\` are text (YAML 1.2); \`true\` and \`false\` are other values.
- **Secrets** stand in files that a \`*_file\` key names, never in the configuration itself. \`LINDA_MASTER_KEY\` holds the master key where
  a file is not wanted.
- Paths are relative to the directory that the agent is started in.

These variables are no keys: \`LINDA_CONFIG\`, \`LINDA_MASTER_KEY\`, \`LINDA_URL\` and \`LINDA_TOKEN_FILE\` (where \`linda\` commands find a
running agent), \`LINDA_CA_FILE\`, \`LINDA_CERT_FILE\` and \`LINDA_KEY_FILE\` (whom they trust over TLS, and with what they are trusted), \`LINDA_INSTALL\` (whether \`npm test\` may install Debian packages).

Every mistake is told at once, one in a line, with its place, what was found and what is allowed:

    linda.yaml:12: accounts[3].phone: found "12345", allowed: E.164, for example +971505760056

Keys that must fit each other: ids and phones of accounts and ids of pools and webhooks are unique; the pools of an account and of a webhook exist; \`pairing.min\` <=
\`pairing.base\` <= \`pairing.max\`; \`whatsapp.reconnect.base\` <= \`whatsapp.reconnect.cap\`; \`outbox.retry_base\` <= \`outbox.retry_cap\`; \`failover.damping.base\` <= \`failover.damping.cap\`; \`outbox.warm_up\` needs \`outbox.account_per_day\`, and that needs an \`outbox.keep\` of 25h at least; a report that is not off needs \`reports.to\`, \`reports.from\` and \`reports.smtp\`; \`admin.tls.client: required\` and \`admin.tls.client_ca_file\` go together; the weights of \`health\` sum to 1; the two
listeners have different ports.
`

/** The whole text of docs/configuration.md. */
export function render(): string {
  const parts = Object.entries(sections).map(([name, schema]) => {
    const purpose = purposes[name as keyof typeof sections]
    return `\n## ${name}\n\n${purpose}\n\n${keyTable(schema)}`
  })
  const variables = [...scalars()].map(({ path }) => [code(path.join('.')), code(variableOf(path))])
  return `${head}${parts.join('')}\n## Environment variables\n\n${table(['Key', 'Variable'], variables)}`
}

/** Rows of keyTable for everything below a schema. */
function* rowsOf(schema: z.ZodType, prefix: string): Generator<string[]> {
  for (const [name, child] of Object.entries(branch(schema).children ?? {})) {
    const key = branch(child)
    const path = pathOf(name, prefix)
    const element = name === '[]' ? undefined : key.children?.['[]']
    if (key.about !== undefined) yield row(path, key)
    else if (element !== undefined && branch(element).about !== undefined)
      yield row(path, listOf(branch(element), key))
    else {
      if (key.nullable)
        yield [code(path), 'group', code('null'), 'the keys below, or null', 'Absent or null: not used.', '']
      yield* rowsOf(child, path === '' ? '' : `${path}.`)
    }
  }
}

/** Items of a list and names of a group have no name of their own. */
function pathOf(name: string, prefix: string): string {
  if (name === '[]') return prefix === '' ? '' : `${prefix.slice(0, -1)}[]`
  return name === '*' ? `${prefix}NAME` : `${prefix}${name}`
}

/** The keys of one section as a table. */
export function keyTable(schema: z.ZodType): string {
  return table(['Key', 'Type', 'Default', 'Allowed', 'Meaning', 'Example'], [...rowsOf(schema, '')])
}

/** A list of single values is one row. */
function listOf(element: Branch, { nullable, optional, fallback }: Branch): Branch {
  const about = element.about && {
    ...element.about,
    type: 'list',
    allowed: `a list of ${element.about.allowed}`,
    example: `[${element.about.example ?? ''}]`,
  }
  return { ...element, nullable, optional, fallback: `[${fallback}]`, about }
}

/** As it is written in YAML. */
function yamlOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).map(([name, inner]) => `${name}: ${inner}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function row(path: string, { about, nullable, fallback, optional }: Branch): string[] {
  if (about === undefined) return []
  const allowed = nullable ? `${about.allowed}, or null` : about.allowed
  const standard = fallback === undefined ? (optional ? 'see meaning' : 'required') : code(yamlOf(fallback))
  return [code(path), about.type, standard, allowed, about.about, code(about.example ?? yamlOf(fallback))]
}

function code(text: string): string {
  return `\`${text}\``
}

function table(titles: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return line(titles) + line(titles.map(() => '---')) + rows.map(line).join('')
}
