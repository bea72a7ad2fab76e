// What a caller may do, from least to most: each role includes those before it.

import { roleWords } from '../../config/roles.ts'

export const roles = roleWords
export type Role = (typeof roles)[number]

/** Whether the text is the name of a role. */
export function isRole(text: unknown): text is Role {
  return (roles as readonly unknown[]).includes(text)
}

/** Whether `has` includes `needs`. */
export function reaches(has: Role, needs: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(needs)
}

/** The one that may do less. */
export function lower(a: Role, b: Role): Role {
  return reaches(a, b) ? b : a
}

/** The one that may do most; null where there is none. */
export function highest(several: readonly Role[]): Role | null {
  return several.reduce<Role | null>((most, role) => (most && reaches(most, role) ? most : role), null)
}
