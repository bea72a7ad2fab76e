// A sealed value opens only with the right master key and only in the place it was sealed for; no error shows a key.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Cipher, envelopeCipher, plainCipher } from '../../../agent/store/cipher.ts'
import { proveMasterKey } from '../../../agent/store/data-keys.ts'
import { parseMasterKey, readMasterKey } from '../../../agent/store/master-key.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { type Sql, StoreError } from '../../../agent/store/sql.ts'
import { openFile, temporaryFolder } from './folder.ts'

const master = new Uint8Array(32).fill(7)
const wrong = new Uint8Array(32).fill(8)
let sql: Sql
let cipher: Cipher
beforeEach(async () => {
  sql = openFile(':memory:')
  await migrate(sql)
  cipher = envelopeCipher(sql, master)
})
const secret = Buffer.from('a private key')

describe('a value', () => {
  it('comes back as it was, for a later process too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.string(), async (plain, name) => {
        const sealed = await cipher.seal('uae-1', name, plain)
        const later = envelopeCipher(sql, master)
        expect(Buffer.from(await later.open('uae-1', name, sealed))).toEqual(Buffer.from(plain))
      }),
    )
  })

  it('is never sealed the same way twice, and does not show its content', async () => {
    const sealed = await Promise.all(Array.from({ length: 50 }, () => cipher.seal('uae-1', 'creds', secret)))
    expect(new Set(sealed.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(50)
    for (const bytes of sealed) expect(Buffer.from(bytes).includes(secret)).toBe(false)
  })

  it.each([
    ['another account', 'uae-2', 'creds'],
    ['another name', 'uae-1', 'session:x'],
  ])('moved to %s does not open', async (_, account, name) => {
    await cipher.seal('uae-2', 'creds', secret)
    const sealed = await cipher.seal('uae-1', 'creds', secret)
    await expect(cipher.open(account, name, sealed)).rejects.toThrow(StoreError)
    await expect(cipher.open(account, name, sealed)).rejects.toThrow(`${account}/${name} does not open`)
  })

  it('with any one bit changed, or cut short, does not open', async () => {
    const sealed = Buffer.from(await cipher.seal('uae-1', 'creds', secret))
    const bits = fc.nat({ max: sealed.length * 8 - 1 })
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        const changed = Buffer.from(sealed)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        await expect(cipher.open('uae-1', 'creds', changed)).rejects.toThrow(StoreError)
      }),
    )
    for (const length of [0, 1, 27, sealed.length - 1])
      await expect(cipher.open('uae-1', 'creds', sealed.subarray(0, length))).rejects.toThrow(StoreError)
  })

  it('does not open with the data key of another account put in its place', async () => {
    const sealed = await cipher.seal('uae-1', 'creds', secret)
    await cipher.seal('uae-2', 'creds', secret)
    await sql.query("UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE account = 'uae-2')")
    await expect(envelopeCipher(sql, master).open('uae-1', 'creds', sealed)).rejects.toThrow('does not open')
  })
})

describe('the master key', () => {
  it('that is wrong is found at start, before anything is written', async () => {
    await expect(proveMasterKey(sql, wrong)).resolves.toBeUndefined() // an empty store has nothing to prove
    await expect(proveMasterKey(sql, master)).resolves.toBeUndefined() // and holds nothing against the next
    await cipher.seal('uae-1', 'creds', secret)
    await expect(proveMasterKey(sql, master)).resolves.toBeUndefined()
    await expect(proveMasterKey(sql, wrong)).rejects.toThrow(
      'data key of uae-1 does not open: another master key',
    )
  })

  it('that is wrong opens nothing and makes no second data key', async () => {
    const sealed = await cipher.seal('uae-1', 'creds', secret)
    const other = envelopeCipher(sql, wrong)
    await expect(other.open('uae-1', 'creds', sealed)).rejects.toThrow(StoreError)
    await expect(other.seal('uae-1', 'creds', secret)).rejects.toThrow(StoreError)
    expect(Buffer.from(await envelopeCipher(sql, master).open('uae-1', 'creds', sealed))).toEqual(secret)
  })

  it('two that seal for a new account at once agree on its data key', async () => {
    const one = envelopeCipher(sql, master)
    const [a, b] = await Promise.all([one.seal('uae-1', 'a', secret), cipher.seal('uae-1', 'b', secret)])
    expect(Buffer.from(await cipher.open('uae-1', 'a', a))).toEqual(secret)
    expect(Buffer.from(await one.open('uae-1', 'b', b))).toEqual(secret)
  })

  const hex = '0123456789abcdef'.repeat(4)
  const base64 = Buffer.from(hex, 'hex').toString('base64')
  it.each([
    ['hexadecimal', hex],
    ['upper case', hex.toUpperCase()],
    ['base64', base64],
    ['with the line end of a file', `${hex}\n`],
  ])('is read as %s', (_, text) => {
    expect(Buffer.from(parseMasterKey(text, 'here')).toString('hex')).toBe(hex)
  })

  it.each([
    ['empty', ''],
    ['one character short', hex.slice(1)],
    ['one character long', `${hex}a`],
    ['with a character that is none', `${hex.slice(1)}g`],
    ['base64 cut short', base64.slice(0, 40)],
    ['base64 with a stray character', `${base64.slice(0, 20)}!${base64.slice(20)}`],
    ['a word', 'correct horse battery staple'],
  ])('%s is refused, and the message does not show it', (_, text) => {
    const parse = () => parseMasterKey(text, 'LINDA_MASTER_KEY')
    expect(parse).toThrow(StoreError)
    expect(parse).toThrow(
      `LINDA_MASTER_KEY: found ${text.length} characters that are no key, allowed: 64 hexadecimal`,
    )
    if (text) expect(parse).not.toThrow(text.slice(0, 12))
  })

  it('comes from a file; without one the message says how to make it', () => {
    const file = join(temporaryFolder(), 'master.key')
    expect(() => readMasterKey(file)).toThrow(StoreError)
    expect(() => readMasterKey(file)).toThrow(`make one with "linda keys create ${file}"`)
    writeFileSync(file, `${hex}\n`)
    expect(Buffer.from(readMasterKey(file)).toString('hex')).toBe(hex)
    writeFileSync(file, 'oops')
    expect(() => readMasterKey(file)).toThrow(`${file}: found 4 characters that are no key`)
  })
})

it('encryption off leaves values as they are', async () => {
  expect(await plainCipher.seal('uae-1', 'creds', secret)).toBe(secret)
  expect(await plainCipher.open('uae-1', 'creds', secret)).toBe(secret)
})
