// URLs keep to the schemes that something here can speak, and a password inside one is never shown.

import { z } from 'zod'
import { leaf, type Told } from './leaf.ts'
import { isLoopback } from './listen.ts'

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

function isPlain(text: string): boolean {
  const { username, password, hash } = new URL(text)
  return username === '' && password === '' && hash === ''
}

/** A key that takes a URL without a name or a password in it and without a fragment: secrets have keys of their own. */
export function plainUrl(schemes: readonly string[], told: Told) {
  return leaf(
    z.string().refine((text) => isUrl(text, schemes) && isPlain(text)),
    {
      type: 'URL',
      allowed: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}, without name, password and fragment`,
      ...told,
    },
  )
}

/** Whether what comes from the URL comes from where it says: over TLS, or from this machine. */
function isSecure(text: string): boolean {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isLoopback(hostname)
}

/** A key that takes an https URL; http on this machine. Whoever could change what is read from there could let anybody in. */
export function secureUrl(told: Told) {
  return leaf(
    z.string().refine((text) => isUrl(text, ['https', 'http']) && isPlain(text) && isSecure(text)),
    {
      type: 'URL',
      allowed:
        'a URL that starts with https:// (http:// on this machine), without name, password and fragment',
      ...told,
    },
  )
}

/** A key that takes the origin of a web page: scheme, host and port, and nothing after them. */
export function origin(told: Told) {
  return leaf(
    z
      .string()
      .refine((text) => isUrl(text, ['https', 'http']) && new URL(text).origin === text && isSecure(text)),
    {
      type: 'origin',
      allowed: 'https:// (http:// on this machine) and a host, in small letters, without a path',
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
