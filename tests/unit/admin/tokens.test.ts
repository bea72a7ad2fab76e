// A token is known by its hash alone, a changed file counts at once, and a broken one takes nobody's right away or gives any.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { addToken, mintToken, readTokens, removeToken, TokenBook } from '../../../agent/admin/tokens.ts'
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
const isRoot = process.geteuid?.() === 0
/** Root may read everything: begins the work as somebody who may not. */
function asNobody<T>(begin: () => Promise<T>): Promise<T> {
  if (!isRoot) return begin()
  process.seteuid?.(65_534)
  try {
    return begin()
  } finally {
    process.seteuid?.(0)
  }
}
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

  it('that has two tokens of one id is refused with both their names: only one of them could be found', async () => {
    const known = book()
    const twin = { ...boss.entry, id: ops.entry.id }
    addToken(file, ops.entry)
    expect(() => addToken(file, twin)).toThrow(/tokens\.1\.id: found [0-9a-f]{8} for "boss" and for "ops"/)
    expect(readTokens(file)).toEqual([ops.entry])
    await known.caller(ops.token)
    rewrite(() => writeFileSync(file, stringify({ tokens: [ops.entry, twin] })))
    expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
    expect(complaints).toEqual([expect.stringContaining('found')])
  })

  it.each([
    ['without a byte', ''],
    ['with nothing but a remark', '# soon\n'],
  ])(
    '%s is taken for one that is being written: the old tokens stay in force, and this is said',
    async (_, text) => {
      addToken(file, ops.entry)
      const known = book()
      rewrite(() => writeFileSync(file, text))
      for (let i = 0; i < 3; i++) expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
      expect(complaints).toEqual([`${file} is empty; allowed: "tokens: []" where nobody has one`])
      rewrite(() => writeFileSync(file, 'tokens: []\n'))
      expect(await known.caller(ops.token)).toBeNull()
      addToken(file, ops.entry)
      expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
    },
  )

  it('that is gone ends all tokens at once, which is said, and counts again when it is back', async () => {
    addToken(file, ops.entry)
    const told: (string | null)[] = []
    const known = new TokenBook(file, () => {}, { onTrouble: (detail) => told.push(detail) })
    const text = readFileSync(file)
    rmSync(file)
    for (let i = 0; i < 3; i++) expect(await known.caller(ops.token)).toBeNull()
    expect(told).toEqual([`${file} is gone: its 1 tokens are nobody's until it is back`])
    writeFileSync(file, text)
    for (let i = 0; i < 3; i++) expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
    expect(told.slice(1)).toEqual([null])
  })

  it('that was changed asks for no proof of what did not change in it', async () => {
    addToken(file, ops.entry)
    const known = book()
    await known.caller(ops.token)
    addToken(file, boss.entry)
    const refuse = (): never => {
      throw new Error('a hash')
    }
    expect(await known.prove(ops.token, refuse)).toEqual(ops.entry)
    await expect(known.prove(boss.token, refuse)).rejects.toThrow('a hash')
    rewrite(() => writeFileSync(file, stringify({ tokens: [{ ...ops.entry, role: 'viewer' }] })))
    expect(await known.prove(ops.token, refuse)).toMatchObject({ role: 'viewer' })
    // Another secret under the same id.
    rewrite(() => writeFileSync(file, stringify({ tokens: [{ ...ops.entry, hash: boss.entry.hash }] })))
    await expect(known.prove(ops.token, refuse)).rejects.toThrow('a hash')
  })

  it('that nobody may read for a moment counts again when they may, although not a byte changed', async () => {
    addToken(file, ops.entry)
    addToken(file, boss.entry)
    for (const folder of [join(file, '..'), join(file, '../..')]) chmodSync(folder, 0o755)
    const told: (string | null)[] = []
    const known = new TokenBook(file, () => {}, { onTrouble: (detail) => told.push(detail) })
    removeToken(file, ops.entry.id)
    chmodSync(file, 0)
    expect(await asNobody(() => known.caller(ops.token))).toMatchObject({ name: 'ops' })
    expect(told).toEqual([expect.stringContaining(`cannot read ${file}`)])
    chmodSync(file, 0o600)
    expect(await known.caller(ops.token)).toBeNull()
    expect(await known.caller(boss.token)).toMatchObject({ name: 'boss' })
    expect(told.slice(1)).toEqual([null])
  })

  it('in a folder that nobody may enter is like one that cannot be read', async () => {
    addToken(file, ops.entry)
    const told: (string | null)[] = []
    const known = new TokenBook(file, () => {}, { onTrouble: (detail) => told.push(detail) })
    chmodSync(join(file, '..'), 0)
    for (let i = 0; i < 3; i++)
      expect(await asNobody(() => known.caller(ops.token))).toMatchObject({ name: 'ops' })
    expect(told).toEqual([expect.stringContaining(`cannot read ${file}`)])
    chmodSync(join(file, '..'), 0o700)
    expect(await known.caller(ops.token)).toMatchObject({ name: 'ops' })
    expect(told.slice(1)).toEqual([null])
  })

  it('keeps its mode, whoever changes it', () => {
    addToken(file, ops.entry)
    chmodSync(file, 0o640)
    addToken(file, boss.entry)
    expect(statSync(file).mode & 0o777).toBe(0o640)
  })

  it.skipIf(!isRoot)('keeps its owner when root changes it: the agent is somebody else', () => {
    addToken(file, ops.entry)
    chownSync(file, 65_534, 65_533)
    removeToken(file, ops.entry.id)
    expect(statSync(file)).toMatchObject({ uid: 65_534, gid: 65_533 })
  })

  it('stays whole when the disk takes only a part of the new one, and the command says so', () => {
    const tokens = Array.from({ length: 25 }, (_, i) => ({ ...ops.entry, id: (0x10000000 + i).toString(16) }))
    addToken(file, ops.entry)
    writeFileSync(file, stringify({ tokens }))
    const before = readFileSync(file, 'utf8')
    const module = join(import.meta.dirname, '../../../agent/admin/access/token-file.ts')
    const script = `import { addToken } from ${JSON.stringify(module)}
      addToken(${JSON.stringify(file)}, ${JSON.stringify(boss.entry)})`
    const node = `'${process.execPath}' --input-type=module -e "$1"`
    // In blocks of 1,024 bytes.
    const { status, stderr } = spawnSync('bash', ['-c', `trap '' XFSZ; ulimit -f 4; ${node}`, 'sh', script])
    expect(status).toBe(1)
    expect(String(stderr)).toContain(`cannot write ${file}: EFBIG`)
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(readdirSync(join(file, '..'))).toEqual(['tokens.yaml'])
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
