// LINDA_A__B_C sets the key a.b_c, and a variable that looks like a key but is none is a mistake, not silence.

import type { Problem } from './problems.ts'
import { sections } from './schema.ts'
import { suggest } from './suggest.ts'
import { type Branch, type Children, scalars } from './tree.ts'

export interface Overlay {
  /** A copy of the values with the variables laid over them. */
  values: Record<string, unknown>
  problems: Problem[]
  /** Which variable set the key; keyed by the key's path with dots. */
  variables: ReadonlyMap<string, string>
}

/** Whose keys the variables set. */
export interface Keys {
  prefix: string
  root: Children
}

const agentKeys: Keys = { prefix: 'LINDA_', root: sections }

/** The variable that sets the key: LINDA_WHATSAPP__ROOT_KEY for whatsapp.root_key. */
export function variableOf(path: readonly string[], prefix: string = agentKeys.prefix): string {
  return `${prefix}${path.join('__').toUpperCase()}`
}

/** Lays the environment over the file's values. An empty variable counts as one that is not set. */
export function overlay(
  file: Record<string, unknown>,
  env: Readonly<Record<string, string | undefined>>,
  { prefix, root }: Keys = agentKeys,
): Overlay {
  const values = structuredClone(file)
  const variables = new Map<string, string>()
  const known = new Map([...scalars(root)].map((entry) => [variableOf(entry.path, prefix), entry]))
  const problems: Problem[] = []
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(prefix) || !name.includes('__') || text === undefined || text === '') continue
    const entry = known.get(name)
    if (entry === undefined) {
      const close = suggest(
        name.slice(prefix.length),
        [...known.keys()].map((key) => key.slice(prefix.length)),
      )
      const hint =
        close === null ? `${prefix}SECTION__KEY, for keys outside lists` : `did you mean ${prefix}${close}?`
      problems.push({ path: '', variable: name, found: 'a variable that names no key', allowed: hint })
      continue
    }
    place(values, entry.path, read(text, entry.key))
    variables.set(entry.path.join('.'), name)
  }
  return { values, problems, variables }
}

/** The value that the text stands for; text that fits no better stays text, for the schema to refuse. */
function read(text: string, key: Branch): unknown {
  if (key.nullable && text === 'null') return null
  if (key.about?.type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (key.about?.type === 'flag' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function place(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let group = values
  for (const step of path.slice(0, -1)) {
    const below = group[step]
    // Something that is no group stays where it is: the schema refuses it.
    if (below !== undefined && below !== null && (typeof below !== 'object' || Array.isArray(below))) return
    const next = (below ?? {}) as Record<string, unknown>
    group[step] = next
    group = next
  }
  group[path.at(-1) as string] = value
}
