// What is read from the claims of a token: names, lists of words, and the role that they are mapped to.

import { highest, type Role } from './roles.ts'

/** What stands under a name: under that very name, or else by its dots, as in `realm_access.roles`. */
export function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  return name.split('.').reduce<unknown>((inner, step) => {
    const isGroup = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    return isGroup && Object.hasOwn(inner, step) ? (inner as Record<string, unknown>)[step] : undefined
  }, claims)
}

/** The words of a claim: a list of texts, or one text with words between blanks or commas. */
export function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(/[\s,]+/).filter((word) => word !== '')
  if (!Array.isArray(claim)) return []
  return claim.filter((each): each is string => typeof each === 'string' && each !== '')
}

/** The most that any of the words is mapped to; null where none is. A text counts as a whole, too: a group may have blanks in its name. */
export function roleFrom(claim: unknown, map: Readonly<Record<string, Role>>): Role | null {
  const words = typeof claim === 'string' ? [claim, ...wordsOf(claim)] : wordsOf(claim)
  return highest(words.flatMap((word) => (Object.hasOwn(map, word) ? [map[word] as Role] : [])))
}

/** A name fit for the audit trail: what cannot be seen is replaced, what is too long is cut; null where nothing is left. */
export function nameFrom(claim: unknown): string | null {
  if (typeof claim !== 'string') return null
  const name = claim
    .trim()
    .replaceAll(/[^\x21-\x7e\p{L}\p{N} ]/gu, '?')
    .slice(0, 64)
  return name === '' ? null : name
}
