// A map from somebody else's words to the roles of this agent; a mistake in it is told with its place.

import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

/** The roles of the admin API, from least to most. */
export const roleWords = ['viewer', 'operator', 'admin'] as const

/** A key that takes a group of names, each with a role. */
export function roleMap(told: Told) {
  const schema = z.record(z.string().min(1).max(200), z.enum(roleWords))
  return leaf(schema, {
    type: 'map',
    allowed: `names, each with ${roleWords.join(' or ')}`,
    ...told,
  })
}
