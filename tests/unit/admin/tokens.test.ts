// A token is known by its hash alone, a changed file counts at once, and a broken one takes nobody's right away or gives any.

import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { addToken, mintToken, readTokens, TokenBook } from '../../../agent/admin/tokens.ts'
import { temporaryFolder } from '../store/folder.ts'

const ops = await mintToken('ops', 'operator')
const boss = await mintToken('boss', 'admin')

let file: string
let complaints: string[]
beforeEach(() => {
  file = join(temporaryFolder(), 'deeper', 'tokens.yaml')
  complaints = []
})
const book = () => new TokenBook(file, (message) => complaints.push(message))
let clock = 2_000_000_000
/** Writes the file as at another moment, however fast the test is. */
function rewrite(write: () => void): void {
  write()
  clock += 10
  utimesSync(file, clock, clock)
}

describe('a token', () => {
  it('is long, random and not in the file', () => {
    addToken(file, ops.entry)
    expect(ops.token).toMatch(/^linda_[0-9a-f]{8}_[\w-]{32}$/)
    expect(ops.token).not.toBe(boss.token)
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain(ops.token.split('_').slice(2).join('_'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
  })

  it('is known, the second time too', async () => {
    addToken(file, ops.entry)
    addToken(file, boss.entry)
    const known = book()
    for (let i = 0; i < 2; i++) {
      expect(await known.caller(ops.token)).toEqual({ name: 'ops', role: 'operator', via: 'token' })
      expect(await known.caller(boss.token)).toEqual({ name: 'boss', role: 'admin', via: 'token' })
    }
  })

  const [head = '', id = '', secret = ''] = /^(linda)_(.{8})_(.*)$/.exec(ops.token)?.slice(1) ?? []
  it.each([
    ['empty', ''],
    ['of another form', 'letmein'],
    ['with another secret', `${head}_${id}_${'x'.repeat(32)}`],
    ['with one character more', `${ops.token}x`],
    ['with one character changed', `${ops.token.slice(0, -1)}${ops.token.endsWith('x') ? 'y' : 'x'}`],
    ['with the id of somebody else', `${head}_${boss.entry.id}_${secret}`],
    ['with an unknown id', `${head}_00000000_${secret}`],
    ['that is the hash', ops.entry.hash],
  ])("%s is nobody's", async (_, token) => {
    addToken(file, ops.entry)
    addToken(file, boss.entry)
    expect(await book().caller(token)).toBeNull()
  })
})

describe('the file', () => {
  it('that is absent has no tokens, and counts as soon as it is there', async () => {
    const known = book()
    expect(await known.caller(ops.token)).toBeNull()
    rewrite(() => addToken(file, ops.entry))
    expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
    expect(complaints).toEqual([])
  })

  it('from which a token was taken away refuses it, although it was proven before', async () => {
    addToken(file, ops.entry)
    const known = book()
    await known.caller(ops.token)
    rewrite(() => writeFileSync(file, 'tokens: []\n'))
    expect(await known.caller(ops.token)).toBeNull()
    expect(known.size).toBe(0)
  })

  it('from which a token is taken away while it is being proven refuses it from then on', async () => {
    addToken(file, ops.entry)
    const known = book()
    const proving = known.caller(ops.token)
    rewrite(() => writeFileSync(file, 'tokens: []\n'))
    await known.caller('somebody else asks')
    await proving
    expect(await known.caller(ops.token)).toBeNull()
  })

  it.each([
    ['no YAML', 'tokens: [}'],
    ['no list', 'tokens: 5'],
    ['an unknown key', 'tokens: []\nextra: 1'],
    ['a role that is none', `tokens: [{id: "00000000", name: a, role: root, hash: "${ops.entry.hash}"}]`],
    [
      'a pool that can be none',
      `tokens: [{id: "00000000", name: a, role: viewer, pools: [A b], hash: "${ops.entry.hash}"}]`,
    ],
    [
      'a date that is no time',
      `tokens: [{id: "00000000", name: a, role: viewer, expires: 2027-01-01, hash: "${ops.entry.hash}"}]`,
    ],
    [
      'an unknown word for Grafana',
      `tokens: [{id: "00000000", name: a, role: viewer, grafana: maybe, hash: "${ops.entry.hash}"}]`,
    ],
    ['a token in clear', 'tokens: [{id: "00000000", name: a, role: admin, hash: "secret"}]'],
  ])('with %s keeps the old tokens in force and says so once, with its name', async (_, text) => {
    addToken(file, ops.entry)
    const known = book()
    rewrite(() => writeFileSync(file, text))
    for (let i = 0; i < 3; i++) expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
    expect(complaints).toHaveLength(1)
    expect(complaints[0]).toContain(file)
    expect(() => readTokens(file)).toThrow(file)
  })

  it('keeps what it had when a token is added', () => {
    addToken(file, ops.entry)
    addToken(file, boss.entry)
    expect(readTokens(file)).toEqual([ops.entry, boss.entry])
  })

  it.each(['', 'x'.repeat(65)])('is never given a name that it could not be read with (%j)', (name) => {
    addToken(file, ops.entry)
    expect(() => addToken(file, { ...boss.entry, name })).toThrow(/name/)
    expect(readTokens(file)).toEqual([ops.entry])
  })
})
