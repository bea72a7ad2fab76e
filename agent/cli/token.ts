// `linda token create`, `list` and `revoke`: a token is shown once, the file gets its hash, and running agents see the change at once.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isRole, roles } from '../admin/access/roles.ts'
import {
  addToken,
  expired,
  mintToken,
  readTokens,
  removeToken,
  type TokenLimits,
} from '../admin/access/token-file.ts'
import { parseDuration } from '../config/durations.ts'
import { configFile, loadConfig } from '../config/load.ts'
import type { CommandIo } from './io.ts'
import { table } from './table.ts'

/** Where the tokens are: a file that is named goes before the configuration. */
export interface TokenPlace {
  file?: string | undefined
  config?: string | undefined
}

export interface NewToken extends TokenPlace {
  role: string
  pool?: string[] | undefined
  /** A duration from now, or a time. */
  expires?: string | undefined
  /** Good only with the identity of a Grafana user. */
  grafana?: boolean | undefined
  json?: boolean | undefined
}

/** Answers the exit status. Throws ConfigError where the configuration is wrong that would say which file. */
export async function createToken(name: string, options: NewToken, io: CommandIo): Promise<number> {
  const { role, pool, expires, grafana } = options
  if (!isRole(role)) {
    io.err(`--role: found "${role}", allowed: ${roles.join(', ')}\n`)
    return 2
  }
  // People and programs of other ways in stand in the audit trail under these.
  if (/^(oidc|grafana):/.test(name)) {
    io.err(`name: found "${name}", allowed: a name that does not begin with oidc: or grafana:\n`)
    return 2
  }
  const until = expires === undefined ? undefined : timeOf(expires, Date.now())
  if (until === null) {
    io.err(
      `--expires: found "${expires}", allowed: a duration such as 90d, or a time to come such as 2027-02-01T00:00:00Z\n`,
    )
    return 2
  }
  const { file, pools: known } = placeOf(options, io)
  const limits: TokenLimits = {
    ...(pool && { pools: [...new Set(pool)] }),
    ...(until !== undefined && { expires: until }),
    ...(grafana && { grafana: 'required' as const }),
  }
  const { token, entry } = await mintToken(name, role, limits)
  return changing(io, () => {
    addToken(resolve(io.cwd, file), entry)
    for (const each of limits.pools ?? [])
      if (known && !known.includes(each)) io.err(`note: there is no pool "${each}" in the configuration\n`)
    io.err(`added ${role} "${name}" to ${file}; this token is not shown again:\n`)
    const { hash: _, ...shown } = entry
    io.out(options.json ? asJson({ file, ...shown, token }) : `${token}\n`)
    return 0
  })
}

/** Answers the exit status. Hashes are not shown. */
export function listTokens(options: TokenPlace & { json?: boolean | undefined }, io: CommandIo): number {
  const { file } = placeOf(options, io)
  return changing(io, () => {
    const entries = readTokens(resolve(io.cwd, file)).map(({ hash: _, ...entry }) => ({
      ...entry,
      expired: expired(entry, Date.now()),
    }))
    if (options.json) {
      io.out(asJson({ file, tokens: entries }))
      return 0
    }
    const rows = entries.map(({ id, name, role, pools, expires, grafana, expired: over }) => [
      id,
      name,
      role,
      pools ? pools.join(' ') || 'none' : 'all',
      expires === undefined ? 'never' : `${expires}${over ? ', is over' : ''}`,
      grafana ?? '-',
    ])
    io.out(table(['ID', 'NAME', 'ROLE', 'POOLS', 'EXPIRES', 'GRAFANA'], rows))
    return 0
  })
}

/** Answers the exit status: 2 where nobody has that id. */
export function revokeToken(
  id: string,
  options: TokenPlace & { json?: boolean | undefined },
  io: CommandIo,
): number {
  const { file } = placeOf(options, io)
  return changing(io, () => {
    const gone = removeToken(resolve(io.cwd, file), id)
    if (!gone) {
      io.err(`${file}: found no token "${id}", allowed: an id that "linda token list" shows\n`)
      return 2
    }
    io.err(`${file}: ${gone.role} "${gone.name}" (${id}) is nobody's any more\n`)
    const { hash: _, ...shown } = gone
    if (options.json) io.out(asJson({ file, ...shown }))
    return 0
  })
}

function asJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function changing(io: CommandIo, work: () => number): number {
  try {
    return work()
  } catch (error) {
    io.err(`${(error as Error).message}\n`)
    return 2
  }
}

/** The file, and the pools where a configuration says which there are. */
function placeOf({ file, config }: TokenPlace, io: CommandIo): { file: string; pools: string[] | null } {
  const inputs = { path: config, env: io.env, cwd: io.cwd }
  if (file !== undefined) return { file, pools: null }
  const { file: name, named } = configFile(inputs)
  // The first token can be made before there is a configuration.
  if (!named && !existsSync(resolve(io.cwd, name)))
    return { file: io.env.LINDA_ADMIN__TOKENS_FILE || './secrets/tokens.yaml', pools: null }
  const { admin, pools } = loadConfig(inputs)
  return { file: admin.tokensFile, pools: pools.map(({ id }) => id) }
}

/** A time to come as it stands in the file; null where it is none. */
function timeOf(text: string, now: number): string | null {
  const ms = parseDuration(text)
  const at = ms === null ? (/^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN) : now + ms
  // The last time that a date can say.
  return at > now && at < 8.64e15 ? new Date(at).toISOString() : null
}
