// URLs keep to the schemes that something here can speak, and a password inside one is never shown.

import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'

/** The text with whatever stands before its last `@` hidden, and the values of parameters that are named like secrets. */
export function hideCredentials(text: string): string {
  return text
    .replace(/^([a-z+]*:(?:\/\/)?)?.*@/is, '$1***@')
    .replace(/\b((?:password|pass|token|secret|key)=)[^&\s]*/gi, '$1***')
}

/** Whether the text is an absolute URL of one of these schemes (without colon) that names a host. */
export function isUrl(text: string, schemes: readonly string[]): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false
  const { protocol, host } = new URL(text)
  return schemes.includes(protocol.slice(0, -1)) && host !== ''
}

/** A key that takes a URL of one of these schemes. */
export function url(schemes: readonly string[], told: Told) {
  return leaf(
    z.string().refine((text) => isUrl(text, schemes)),
    {
      type: 'URL',
      allowed: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      ...told,
    },
  )
}

/** A key that takes a URL without a name or a password in it and without a fragment: secrets have keys of their own. */
export function plainUrl(schemes: readonly string[], told: Told) {
  const plain = (text: string): boolean => {
    const { username, password, hash } = new URL(text)
    return username === '' && password === '' && hash === ''
  }
  return leaf(
    z.string().refine((text) => isUrl(text, schemes) && plain(text)),
    {
      type: 'URL',
      allowed: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}, without name, password and fragment`,
      ...told,
    },
  )
}

/** A key that takes the place of the store: a file for SQLite, a server for PostgreSQL. */
export function storeUrl(told: Told) {
  const schema = z
    .string()
    .refine((text) => /^sqlite:\S(.*\S)?$/.test(text) || isUrl(text, ['postgres', 'postgresql']))
  return leaf(schema, {
    type: 'URL',
    allowed: 'sqlite: and a path, or a URL that starts with postgres://',
    ...told,
  })
}
