// The schema seen as a tree of keys, so that environment names, suggestions and documentation follow it by themselves.

import { z } from 'zod'
import { type About, abouts } from './leaf.ts'
import { sections } from './schema.ts'

/** Names of keys, numbers for places in a list. */
export type Path = readonly (string | number)[]

/** One key, or one group of keys, without the wrappers that give it a default. */
export interface Branch {
  schema: z.ZodType
  nullable: boolean
  /** It may be left out although it has no default. */
  optional: boolean
  /** As it is written in YAML; undefined when the key has none. */
  fallback: unknown
  /** Absent for groups and lists. */
  about: About | undefined
  /** The keys of a group; the one group of a list stands under `[]`, that of a group with free names under `*`. Null for single values. */
  children: Children | null
}

/** The keys of a group and their schemas. */
export type Children = Readonly<Record<string, z.ZodType>>

/** Takes the wrappers off a schema. */
export function branch(wrapped: z.ZodType): Branch {
  let schema = wrapped
  let nullable = false
  let optional = false
  let fallback: unknown
  for (;;) {
    if (schema instanceof z.ZodPrefault) fallback ??= schema.def.defaultValue
    if (schema instanceof z.ZodNullable) nullable = true
    if (schema instanceof z.ZodOptional) optional = true
    const about = abouts.get(schema)
    if (about !== undefined) return { schema, nullable, optional, fallback, about, children: null }
    if (schema instanceof z.ZodPipe) schema = schema.in as z.ZodType
    else if (
      schema instanceof z.ZodPrefault ||
      schema instanceof z.ZodNullable ||
      schema instanceof z.ZodOptional
    )
      schema = schema.unwrap() as z.ZodType
    else break
  }
  return { schema, nullable, optional, fallback, about: undefined, children: childrenOf(schema) }
}

function childrenOf(schema: z.ZodType): Branch['children'] {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>
  if (schema instanceof z.ZodArray) return { '[]': schema.element as z.ZodType }
  if (schema instanceof z.ZodRecord) return { '*': schema.valueType as z.ZodType }
  return null
}

function stepInto(children: Branch['children'], step: string | number): z.ZodType | undefined {
  return children?.[typeof step === 'number' ? '[]' : '*' in children ? '*' : step]
}

/** The names that may stand under a path; empty where nothing may. */
export function keysUnder(path: Path, root: Children = sections): string[] {
  let children: Branch['children'] = root
  for (const step of path) {
    const next = stepInto(children, step)
    children = next === undefined ? null : branch(next).children
  }
  return Object.keys(children ?? {})
}

/** The key or group at a path; null when there is none. */
export function at(path: Path, root: Children = sections): Branch | null {
  let children: Branch['children'] = root
  let found: Branch | null = null
  for (const step of path) {
    const next = stepInto(children, step)
    // What stands inside a single value, as a name in a map, is told of in that value's words.
    if (next === undefined) return found?.about ? found : null
    found = branch(next)
    children = found.children
  }
  return found
}

/** Every single-valued key that is not inside a list, with its path: what the environment can set. */
export function* scalars(
  children: NonNullable<Branch['children']> = sections,
  under: readonly string[] = [],
): Generator<{ path: readonly string[]; key: Branch }> {
  for (const [name, schema] of Object.entries(children)) {
    const key = branch(schema)
    const path = [...under, name]
    if (key.about !== undefined) yield { path, key }
    else if (key.children !== null && !('[]' in key.children) && !('*' in key.children))
      yield* scalars(key.children, path)
  }
}
