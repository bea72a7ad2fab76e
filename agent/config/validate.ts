// From plain values to checked sections, with every mistake told in the words that stand beside the schema.

import type { z } from 'zod'
import type { Breach } from './list-rules.ts'
import { show } from './problems.ts'
import { breaches } from './rules.ts'
import { type Parsed, sections } from './schema.ts'
import { suggest } from './suggest.ts'
import { at, type Children, keysUnder, type Path } from './tree.ts'

/** All sections, or everything that is wrong with them. */
export type Verdict = { parsed: Parsed; breaches: [] } | { parsed: null; breaches: Breach[] }

/** Checks each section by itself, so that a mistake in one does not hide those in another, then the rules between them. */
export function validate(values: Readonly<Record<string, unknown>>): Verdict {
  const { parsed, breaches: found } = validateSections(sections, values)
  found.push(...breaches(values, parsed as Partial<Parsed>))
  const all = unique(found)
  return all.length === 0 ? { parsed: parsed as Parsed, breaches: [] } : { parsed: null, breaches: all }
}

/** Checks the sections of any configuration; what is right in itself stands in `parsed`. */
export function validateSections(
  root: Children,
  values: Readonly<Record<string, unknown>>,
): { parsed: Record<string, unknown>; breaches: Breach[] } {
  const found: Breach[] = Object.keys(values)
    .filter((name) => !Object.hasOwn(root, name))
    .map((name) => unknownKey(root, [], name))
  const parsed: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(root)) {
    // `accounts:` with nothing after it is a section whose keys are all commented out.
    const result = schema.safeParse(values[name] ?? undefined)
    if (result.success) parsed[name] = result.data
    else
      found.push(
        ...result.error.issues.flatMap((issue) => told(root, [name, ...(issue.path as Path)], issue, values)),
      )
  }
  return { parsed, breaches: found }
}

function told(root: Children, path: Path, issue: z.core.$ZodIssue, values: unknown): Breach[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(root, path, key))
  const key = at(path, root)
  const allowed = key?.about?.allowed ?? group(root, path)
  return [
    { path, found: show(valueAt(values, path)), allowed: key?.nullable ? `${allowed}, or null` : allowed },
  ]
}

function group(root: Children, path: Path): string {
  const keys = keysUnder(path, root)
  if (keys[0] === '[]') return 'a list'
  return keys[0] === '*' ? 'a group of names' : `a group of the keys ${keys.join(', ')}`
}

function unknownKey(root: Children, path: Path, name: string): Breach {
  const keys = keysUnder(path, root)
  const close = suggest(name, keys)
  const allowed = keys.join(', ') + (close === null ? '' : `; did you mean ${close}?`)
  return { path: [...path, name], found: 'an unknown key', allowed }
}

function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | null)?.[step],
    values,
  )
}

/** One mistake per path: the first thing said about a key is the clearest. */
export function unique(found: Breach[]): Breach[] {
  const seen = new Set<string>()
  return found.filter(({ path }) => {
    const key = JSON.stringify(path)
    return seen.has(key) ? false : seen.add(key)
  })
}
