// An account in a path is an id or a phone; one that nobody configured is a 404 that says so.

import type { Fleet, Member } from '../fleet/fleet.ts'
import { Problem } from './problem.ts'

export function findMember(fleet: Fleet, key: string): Member {
  const member = fleet.find(key)
  if (!member)
    throw new Problem(404, 'unknown-account', `no account has the id or phone "${key.slice(0, 64)}"`)
  return member
}
