// The guard before three doors, one for each role, with everything that the configuration can add to it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { stringify } from 'yaml'
import { type Access, openAccess } from '../../../../agent/admin/access/access.ts'
import { type AdminEnv, atLeast, makeGuard } from '../../../../agent/admin/access/guard.ts'
import { allowOrigins } from '../../../../agent/admin/access/origins.ts'
import { roles } from '../../../../agent/admin/access/roles.ts'
import { mintToken, type TokenEntry } from '../../../../agent/admin/access/token-file.ts'
import { answerProblem } from '../../../../agent/admin/problem.ts'
import { parseSource } from '../../../../agent/config/document.ts'
import { validate } from '../../../../agent/config/validate.ts'
import { migrate } from '../../../../agent/store/migrations.ts'
import type { Sql } from '../../../../agent/store/sql.ts'
import { type Heard, hear } from '../../events/heard.ts'
import { openFile, temporaryFolder } from '../../store/folder.ts'

export interface Door extends Heard {
  app: Hono<AdminEnv>
  access: Access
  sql: Sql
  /** Of the tokens. */
  file: string
  /** What was said of the file. */
  said: string[]
  /** Puts these into the file, as at another moment. */
  write(...entries: TokenEntry[]): void
  /** Asks for a door: /api/viewer, /api/operator, /api/admin. */
  ask(path: string, token: string | null, headers?: Record<string, string>): Promise<Response>
  /** What the last one let in may ask again. */
  holds(): Promise<boolean>
}

/** @param admin as in the section of that name, as YAML */
export async function door(admin = '{}', entries: TokenEntry[] = []): Promise<Door> {
  const folder = temporaryFolder()
  const file = join(folder, 'tokens.yaml')
  const write = (...kept: TokenEntry[]): void => writeFileSync(file, stringify({ tokens: kept }))
  write(...entries)
  const { values } = parseSource(`admin: ${admin}`)
  const { parsed, breaches } = validate(values)
  if (!parsed) throw new Error(JSON.stringify(breaches))
  const heard = hear()
  const sql = openFile(join(folder, 'linda.db'), heard.bus)
  await migrate(sql)
  const said: string[] = []
  const { tokens, access } = openAccess(
    { ...parsed.admin, tokensFile: file },
    {
      sql,
      bus: heard.bus,
      log: { error: ((message: string) => said.push(message)) as never },
      pools: ['sales', 'support'],
      account: (key) => (key === '+971500000001' ? { id: 'uae-1', pool: 'sales' } : undefined),
      keys: { cooldownMs: 0 },
    },
  )
  const app = new Hono<AdminEnv>()
  app.use(allowOrigins(access.origins))
  app.use('/api/*', makeGuard(tokens, heard.bus, access)())
  let holds: () => Promise<boolean> = async () => false
  for (const role of roles)
    app.get(`/api/${role}`, atLeast(role, heard.bus), (c) => {
      holds = c.get('holds')
      return c.json(c.get('caller'))
    })
  app.get('/api/store/backup', (c) => c.text('everything'))
  app.post('/api/dashboard/quick-actions/:phoneNumber/link', (c) => c.text('made', 201))
  app.onError((error, c) => answerProblem(c, error))
  const ask: Door['ask'] = async (path, token, headers = {}) =>
    app.request(path, {
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    })
  return { ...heard, app, access, sql, file, said, write, ask, holds: () => holds() }
}

export const minted = Object.fromEntries(
  await Promise.all(roles.map(async (role) => [role, await mintToken(role, role)] as const)),
) as Record<(typeof roles)[number], Awaited<ReturnType<typeof mintToken>>>
