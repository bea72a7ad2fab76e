// `linda token`: a token is shown once and known from then on, the right file is the one that the agent reads, and nothing else is shown.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTokens, TokenBook } from '../../../agent/admin/tokens.ts'
import { createToken, listTokens, type NewToken, revokeToken } from '../../../agent/cli/token.ts'
import { ConfigError } from '../../../agent/config/problems.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

/** A terminal in a folder of its own. */
function at(env: Record<string, string> = {}) {
  const cwd = temporaryFolder()
  const { io, said } = terminal(env)
  return { io: { ...io, cwd }, said, cwd, file: join(cwd, 'tokens.yaml') }
}
const day = 86_400_000

describe('create', () => {
  it('prints the token alone on standard output, so that it can be piped, and the agent takes it', async () => {
    const { io, said, cwd } = at()
    const file = join(cwd, 'secrets', 'tokens.yaml')
    expect(await createToken('grafana', { role: 'viewer', file }, io)).toBe(0)
    expect(said.out).toMatch(/^linda_[0-9a-f]{8}_[\w-]{32}\n$/)
    expect(said.err).toBe(`added viewer "grafana" to ${file}; this token is not shown again:\n`)
    expect(await new TokenBook(file, () => {}).caller(said.out.trim())).toEqual({
      name: 'grafana',
      role: 'viewer',
      via: 'token',
    })
  })

  it('writes down pools, end and Grafana as they were given', async () => {
    const { io, file } = at()
    const limits = { pool: ['sales', 'vip', 'sales'], expires: '90d', grafana: true }
    expect(await createToken('panels', { role: 'operator', file, ...limits }, io)).toBe(0)
    const [entry] = readTokens(file)
    expect(entry).toMatchObject({ pools: ['sales', 'vip'], grafana: 'required' })
    expect(Math.abs(Date.parse(entry?.expires ?? '') - Date.now() - 90 * day)).toBeLessThan(10_000)
    await createToken('other', { role: 'viewer', file, expires: '2199-02-01T00:00:00+04:00' }, io)
    expect(readTokens(file)[1]).toMatchObject({ expires: '2199-01-31T20:00:00.000Z' })
    expect(readTokens(file)[1]).not.toHaveProperty('pools')
  })

  it.each<[string, string, Partial<NewToken>, string]>([
    [
      'a role that is none',
      'ops',
      { role: 'root' },
      '--role: found "root", allowed: viewer, operator, admin\n',
    ],
    ['an empty name', '', {}, 'tokens.0.name'],
    ['a name that is too long', 'x'.repeat(65), {}, 'tokens.0.name'],
    ['the name of a person from elsewhere', 'oidc:alice', {}, 'name: found "oidc:alice", allowed:'],
    ['the name of a Grafana user', 'grafana:alice', {}, 'allowed: a name that does not begin with'],
    ['a pool that can be none', 'ops', { pool: ['Sales!'] }, 'tokens.0.pools.0: the id of a pool'],
    [
      'a time that has passed',
      'ops',
      { expires: '2020-01-01T00:00:00Z' },
      '--expires: found "2020-01-01T00:00:00Z"',
    ],
    [
      'no time at all',
      'ops',
      { expires: 'tomorrow' },
      '--expires: found "tomorrow", allowed: a duration such as 90d',
    ],
    ['no duration', 'ops', { expires: '0d' }, '--expires: found "0d"'],
    ['a duration without end', 'ops', { expires: '999999999d' }, '--expires: found "999999999d"'],
  ])('%s: status 2, no token, and no file that the agent could not read', async (_, name, options, words) => {
    const { io, said, file } = at()
    expect(await createToken(name, { role: 'viewer', file, ...options }, io)).toBe(2)
    expect(said.out).toBe('')
    expect(said.err).toContain(words)
    expect(() => readFileSync(file)).toThrow('ENOENT')
  })

  it('a file that is broken is left as it is', async () => {
    const { io, said, file } = at()
    writeFileSync(file, 'tokens: [}')
    expect(await createToken('ops', { role: 'viewer', file }, io)).toBe(2)
    expect(said).toMatchObject({ out: '', err: expect.stringContaining(file) })
    expect(readFileSync(file, 'utf8')).toBe('tokens: [}')
  })
})

describe('the file', () => {
  const config = 'admin: { tokens_file: ./elsewhere.yaml }\npools: [{ id: sales }]\n'

  it.each<[string, string | null, Record<string, string>, Partial<NewToken>, string]>([
    ['is the one that is named', config, {}, { file: 'named.yaml' }, 'named.yaml'],
    ['is that of the configuration', config, {}, {}, 'elsewhere.yaml'],
    [
      'is that of the environment, as for the agent',
      config,
      { LINDA_ADMIN__TOKENS_FILE: './env.yaml' },
      {},
      'env.yaml',
    ],
    ['is the usual one before there is a configuration', null, {}, {}, 'secrets/tokens.yaml'],
    [
      'is that of the environment, also then',
      null,
      { LINDA_ADMIN__TOKENS_FILE: './env.yaml' },
      {},
      'env.yaml',
    ],
  ])('%s', async (_, yaml, env, options, expected) => {
    const { io, cwd } = at(env)
    if (yaml) writeFileSync(join(cwd, 'linda.yaml'), yaml)
    expect(await createToken('ops', { role: 'viewer', ...options }, io)).toBe(0)
    expect(readTokens(join(cwd, expected))).toHaveLength(1)
  })

  it('of a configuration that is wrong is not guessed', async () => {
    const { io, cwd } = at()
    writeFileSync(join(cwd, 'linda.yaml'), 'admin: { token_file: x }')
    await expect(createToken('ops', { role: 'viewer' }, io)).rejects.toThrow(ConfigError)
    await expect(createToken('ops', { role: 'viewer', config: 'gone.yaml' }, io)).rejects.toThrow(
      /gone\.yaml/,
    )
  })

  it('may name a pool that the configuration does not have, and this is said', async () => {
    const { io, cwd, said } = at()
    writeFileSync(join(cwd, 'linda.yaml'), config)
    expect(await createToken('ops', { role: 'viewer', pool: ['sales', 'soon'] }, io)).toBe(0)
    expect(said.err).toContain('note: there is no pool "soon" in the configuration\n')
    expect(said.err).not.toContain('"sales"')
  })
})

describe('list and revoke', () => {
  async function three() {
    const here = at()
    const { io, file, said } = here
    await createToken('ops', { role: 'admin', file }, io)
    await createToken('panels', { role: 'viewer', file, pool: ['sales'], grafana: true }, io)
    await createToken('none', { role: 'viewer', file, expires: '1ms' }, io)
    const tokens = said.out.split('\n')
    said.out = said.err = ''
    return { ...here, tokens, ids: readTokens(file).map(({ id }) => id) }
  }

  it('says whose they are and until when, and shows no hash', async () => {
    const { io, said, file, ids } = await three()
    await expect.poll(() => Date.parse(readTokens(file)[2]?.expires ?? '') < Date.now()).toBe(true)
    expect(listTokens({ file, json: false }, io)).toBe(0)
    expect(said.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['ID', 'NAME', 'ROLE', 'POOLS', 'EXPIRES', 'GRAFANA'],
      [ids[0], 'ops', 'admin', 'all', 'never', '-'],
      [ids[1], 'panels', 'viewer', 'sales', 'never', 'required'],
      [ids[2], 'none', 'viewer', 'all', expect.stringMatching(/Z, is over$/), '-'],
      [''],
    ])
    said.out = ''
    listTokens({ file, json: true }, io)
    expect(JSON.parse(said.out)).toMatchObject({
      file,
      tokens: [{ id: ids[0], expired: false }, {}, { expired: true }],
    })
    expect(said.out).not.toMatch(/scrypt|hash/)
  })

  it('takes one away for good, and only that one', async () => {
    const { io, said, file, ids, tokens } = await three()
    const book = new TokenBook(file, () => {})
    expect(await book.caller(tokens[0] as string)).toMatchObject({ name: 'ops' })
    expect(revokeToken(ids[0] as string, { file }, io)).toBe(0)
    expect(said.err).toBe(`${file}: admin "ops" (${ids[0]}) is nobody's any more\n`)
    expect(await book.caller(tokens[0] as string)).toBeNull()
    expect(await book.caller(tokens[1] as string)).toMatchObject({ name: 'panels' })
  })

  it.each(['ffffffff', 'ops', ''])('%j is nobody: status 2, and the file stays as it is', async (id) => {
    const { io, said, file } = await three()
    const before = readFileSync(file, 'utf8')
    expect(revokeToken(id, { file }, io)).toBe(2)
    expect(said.err).toContain(`found no token "${id}"`)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
