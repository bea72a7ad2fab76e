// What went wrong between here and PostgreSQL, in words that say what to do, without credentials and without the values of parameters.

import { StoreError } from '../sql.ts'

/** PostgreSQL undid the transaction because of another one; running it again is right. */
const conflicts = new Set(['40001', '40P01'])
/** The statement never met a working primary: the connection is of no use any more, or there was none. */
const unusable = /^(08...|57P0[1-5]|25006|25P03|25P04|28...|3D000|53300)$/

interface Cause {
  code?: unknown
  message?: string
  errors?: readonly Error[]
}

/**
 * The SQLSTATE of PostgreSQL, or the code of the system or of Node.js: `unknown` where there is none, '' for a StoreError that is about
 * the caller and not about the database.
 */
export function codeOf(error: unknown): string {
  if (error instanceof StoreError) return error.cause === undefined ? '' : codeOf(error.cause)
  const { code, errors } = (error ?? {}) as Cause
  if (typeof code === 'string') return code
  return errors?.[0] ? codeOf(errors[0]) : 'unknown'
}

export function isConflict(error: unknown): boolean {
  return conflicts.has(codeOf(error))
}

/** Whether the server answered and the connection can go on: it is a mistake of the statement, not of the way to the server. */
export function connectionIsSound(error: unknown): boolean {
  const code = codeOf(error)
  // No SQLSTATE begins with E, the codes of the system do.
  return code === '' || (/^(?!E)[0-9A-Z]{5}$/.test(code) && !unusable.test(code))
}

/**
 * The error that callers see. What the library threw is not kept: its fields have values of rows in them, and logs print causes.
 */
export function storeError(what: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const detail = detailOf(error)
  return new StoreError(`${what}: ${detail}`, {
    cause: Object.assign(new Error(detail), { code: codeOf(error) }),
  })
}

const byCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused); is the server running?',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'the network gave no answer',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOENT: 'there is no such socket; is the server running?',
  EACCES: 'this user may not open the socket',
  '28P01': 'it refuses the user or the password of store.url',
  '3D000': 'it has no database of that name; create it, or correct store.url',
  '42501': 'the role of store.url may not do that; make it the owner of the database',
  '53300': 'it has no connection left; raise max_connections, or close what uses them',
  '57P03': 'it is starting up or shutting down',
  '57P01': 'the connection was ended by an administrator',
  '57P02': 'the server crashed and restarts',
  '25006': 'it is read-only, perhaps a standby; store.url must name the primary',
  '57014': 'the statement took too long and was cancelled',
  '25P03': 'the transaction did nothing for too long and was ended',
}

const byText: readonly [RegExp, string][] = [
  [/timeout exceeded when trying to connect/, 'all connections of this agent are busy'],
  [/timeout expired|due to connection timeout/, 'it did not answer in time, or is no PostgreSQL server'],
  [/Query read timeout/, 'the statement was not answered in time'],
  [/does not support SSL/, 'store.url demands TLS and the server offers none; see sslmode'],
  [/no encryption/, 'it demands TLS from this address; add ?sslmode=verify-full to store.url'],
  [/establishing an SSL connection/, 'it does not speak TLS as PostgreSQL does'],
  [/client password must be a(?: non-empty)? string/, 'it wants a password and store.url has none'],
  [/Connection terminated unexpectedly|Received unexpected/, 'it closed the connection'],
]

/** One sentence on what went wrong. Values that were sent are taken out of it. */
export function detailOf(error: unknown): string {
  if (error instanceof StoreError) return error.message
  const code = codeOf(error)
  const message = (error as Cause | null)?.message ?? ''
  const known = byCode[code] ?? byText.find(([pattern]) => pattern.test(message))?.[1]
  if (known) return known
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return `its TLS certificate is not trusted (${code}); add sslrootcert=FILE to store.url`
  if (/^28/.test(code)) return 'it does not let this user in from this address; see pg_hba.conf'
  // Class 22 quotes the value that does not fit.
  const told = /^22/.test(code) ? message.replace(/: ".*"$/s, '') : message
  return told || code || 'it gave no reason'
}
