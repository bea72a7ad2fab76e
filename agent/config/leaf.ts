// What a person must know about a key stands beside its schema: messages, environment names and docs/configuration.md all read it here.

import { z } from 'zod'

/** The human side of one configuration key. */
export interface About {
  /** One word or two: duration, id, number, text ... */
  type: string
  /** What a value may be, as it follows "allowed:" in a message. */
  allowed: string
  /** What the key does, in whole sentences. */
  about: string
  /** A sensible value, as it is written in YAML; the default serves where this is absent. */
  example?: string
}

/** What a section says when it describes a key: the type and the allowed values come from the kind of key. */
export interface Told {
  about: string
  example?: string
}

export const abouts = z.registry<About>()

/** Attaches its description to the schema of one key and answers that schema. */
export function leaf<S extends z.ZodType>(schema: S, about: About): S {
  abouts.add(schema, about as never)
  return schema
}
