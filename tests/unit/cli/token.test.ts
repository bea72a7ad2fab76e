// `linda token create` shows a token once, and the agent knows it from then on.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TokenBook } from '../../../agent/admin/tokens.ts'
import { createToken } from '../../../agent/cli/token.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

it('prints the token alone on standard output, so that it can be piped, and the agent takes it', async () => {
  const file = join(temporaryFolder(), 'secrets', 'tokens.yaml')
  const { io, said } = terminal()
  expect(await createToken('grafana', { role: 'viewer', file }, io)).toBe(0)
  expect(said.out).toMatch(/^linda_[0-9a-f]{8}_[\w-]{32}\n$/)
  expect(said.err).toBe(`added viewer "grafana" to ${file}; this token is not shown again:\n`)
  expect(await new TokenBook(file, () => {}).caller(said.out.trim())).toEqual({
    name: 'grafana',
    role: 'viewer',
  })
})

it.each([
  ['a role that is none', 'ops', 'root', '--role: found "root", allowed: viewer, operator, admin\n'],
  ['an empty name', '', 'viewer', 'tokens.0.name'],
  ['a name that is too long', 'x'.repeat(65), 'viewer', 'tokens.0.name'],
])('%s: status 2, no token, and no file that the agent could not read', async (_, name, role, words) => {
  const file = join(temporaryFolder(), 'tokens.yaml')
  const { io, said } = terminal()
  expect(await createToken(name, { role, file }, io)).toBe(2)
  expect(said.out).toBe('')
  expect(said.err).toContain(words)
  expect(() => readFileSync(file)).toThrow('ENOENT')
})

it('a file that is broken is left as it is', async () => {
  const file = join(temporaryFolder(), 'tokens.yaml')
  writeFileSync(file, 'tokens: [}')
  const { io, said } = terminal()
  expect(await createToken('ops', { role: 'viewer', file }, io)).toBe(2)
  expect(said).toMatchObject({ out: '', err: expect.stringContaining(file) })
  expect(readFileSync(file, 'utf8')).toBe('tokens: [}')
})
