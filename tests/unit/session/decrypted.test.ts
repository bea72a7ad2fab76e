// What was decrypted is there until it is kept and a while longer, and there is never more of it than there may be.

import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { Decrypted, type DecryptedLimits } from '../../../agent/session/decrypted.ts'
import { AuthRows } from '../../../agent/store/auth-rows.ts'
import { type Cipher, envelopeCipher, plainCipher } from '../../../agent/store/cipher.ts'
import { type Sql, StoreError } from '../../../agent/store/sql.ts'
import { UnsteadySql } from '../../contracts/outbox/unsteady-sql.ts'
import { until } from '../../harness/until.ts'
import { hear } from '../events/heard.ts'
import { AuthStage } from './auth-stage.ts'

let at: AuthStage
beforeEach(async () => {
  at = new AuthStage()
  await at.open()
})

interface Around {
  bus?: Bus
  sql?: Sql
  cipher?: Cipher
}
const rowsOf = async (around: Around = {}): Promise<AuthRows> => {
  const { bus = new Bus('node-1'), sql = at.sql, cipher = at.cipher } = around
  const epoch = await takeOwnership(at.sql, 'uae-1', 'node-1')
  return new AuthRows({ sql, cipher, bus, account: 'uae-1', epoch })
}
const ledger = async (limits: Partial<DecryptedLimits> = {}) => ending(new Decrypted(await rowsOf(), limits))
/** What is left alone tries to forget for ever. */
const ending = (box: Decrypted): Decrypted => {
  onTestFinished(() => box.end())
  return box
}
const put = (to: Decrypted, hash: string, message: string) =>
  to.write(new Map(), hash, { message, attrs: {}, me: null, meLid: null, plain: Buffer.from(hash) })
const stored = async () =>
  (await at.sql.query<{ hash: string }>('SELECT hash FROM decrypted ORDER BY hash')).map(({ hash }) => hash)
const untold = async (of: Decrypted) =>
  (await of.untold()).map((parts) => parts.map(({ plain }) => plain.toString()))

it('a message of two parts is handed over as one, until somebody was told', async () => {
  const box = await ledger()
  await put(box, 'h1', 'm1')
  await put(box, 'h2', 'm2')
  await put(box, 'h3', 'm1')
  expect(await untold(box)).toEqual([['h1', 'h3'], ['h2']])
  box.told('m1')
  expect(await untold(box)).toEqual([['h2']])
  // Who was told and did not live to keep it is told again.
  const next = await ledger()
  await next.load()
  expect((await untold(next)).flat().sort()).toEqual(['h1', 'h2', 'h3'])
})

it('what is kept goes after a while, also where nothing else is written', async () => {
  const box = await ledger({ holdMs: 10 })
  for (const n of ['1', '2']) await put(box, `h${n}`, `m${n}`)
  box.settled('m1')
  await until('the kept one is gone', async () => (await stored()).length === 1)
  expect(await stored()).toEqual(['h2'])
  expect(await box.recall('h2', 'm2')).toEqual(Buffer.from('h2'))
  expect(await box.recall('h1', 'm1')).toBeUndefined()
})

it('it goes with the next write when there is enough of it', async () => {
  const box = await ledger({ holdMs: 0, together: 2 })
  for (const n of ['1', '2']) await put(box, `h${n}`, `m${n}`)
  box.settled('m1')
  box.settled('m2')
  await put(box, 'h3', 'm3')
  expect(await stored()).toEqual(['h3'])
})

it('of too many the oldest goes', async () => {
  const box = await ledger({ most: 3 })
  for (const n of ['1', '2', '3', '4', '5']) await put(box, `h${n}`, `m${n}`)
  expect(await stored()).toEqual(['h3', 'h4', 'h5'])
  expect(box.size).toBe(3)
})

it('a repeat under another ciphertext of what is kept is kept; of what could not be read it is not', async () => {
  const box = await ledger()
  await put(box, 'h1', 'm1')
  box.settled('m1')
  await put(box, 'h2', 'm1')
  box.settled('m3', false)
  await put(box, 'h3', 'm3')
  expect(await untold(box)).toEqual([['h3']])
  expect([box.isKept('m1'), box.isKept('m3')]).toEqual([true, false])
})

it('who has lost the account writes nothing and forgets nothing, and says so once', async () => {
  const { bus, of } = hear()
  const box = ending(new Decrypted(await rowsOf({ bus }), { holdMs: 1 }))
  await put(box, 'h1', 'm1')
  await takeOwnership(at.sql, 'uae-1', 'node-2')
  await expect(put(box, 'h2', 'm2')).rejects.toThrow('another process')
  box.settled('m1')
  await until('it tried', () => of('store.write-fenced').length === 2)
  expect(await stored()).toEqual(['h1'])
  await box.end()
  expect(of('store.write-fenced')).toHaveLength(2)
})

it('one that could not be read takes no row from one that waits for the store, and all rows from one that nobody was told of', async () => {
  const box = await ledger()
  for (const n of ['1', '2']) await put(box, `h${n}`, `m${n}`)
  box.told('m1')
  for (const n of ['1', '2']) box.settled(`m${n}`, false)
  await box.end()
  expect(await stored()).toEqual(['h1'])
  // Whoever handed it over says in the end that it is kept.
  box.settled('m1')
  await box.end()
  expect(await stored()).toEqual([])
})

it('the clock is set back, and a process ends: handed over in the order of the decryptions', async () => {
  const at = 1_700_000_000_000
  const clock = vi.spyOn(Date, 'now').mockReturnValue(at)
  onTestFinished(() => clock.mockRestore())
  const first = await ledger()
  await put(first, 'h4', 'm1')
  clock.mockReturnValue(at - 5_000)
  await put(first, 'h3', 'm2')
  const second = await ledger()
  await second.load()
  expect(await untold(second)).toEqual([['h4'], ['h3']])
  await put(second, 'h2', 'm3')
  clock.mockReturnValue(at - 9_000)
  await put(second, 'h1', 'm4')
  const third = await ledger()
  await third.load()
  expect(await untold(third)).toEqual([['h4'], ['h3'], ['h2'], ['h1']])
})

describe('a write that was not answered', () => {
  const unanswered = async (fault: 'commit' | 'unheard') => {
    const sql = new UnsteadySql(at.sql)
    const box = ending(new Decrypted(await rowsOf({ sql })))
    sql.fault = () => fault
    await expect(put(box, 'h1', 'm1')).rejects.toThrow(StoreError)
    sql.fault = () => 'none'
    return box
  }

  it('and was committed: a repeat is answered, not under another name', async () => {
    const box = await unanswered('unheard')
    expect(await box.recall('h1', 'm2')).toBeUndefined()
    expect(await box.recall('h1', 'm1')).toEqual(Buffer.from('h1'))
    expect(await untold(box)).toEqual([['h1']])
  })

  it('and was committed: handed over by the process that wrote it, once, and forgotten when it is kept', async () => {
    const box = await unanswered('unheard')
    expect(await untold(box)).toEqual([['h1']])
    box.told('m1')
    expect(await untold(box)).toEqual([])
    box.settled('m1')
    await box.end()
    expect(await stored()).toEqual([])
  })

  it('and was not committed: it is nothing, and may be written again', async () => {
    const box = await unanswered('commit')
    expect(await box.recall('h1', 'm1')).toBeUndefined()
    expect(await untold(box)).toEqual([])
    await put(box, 'h1', 'm1')
    expect(await untold(box)).toEqual([['h1']])
  })
})

describe('a row that is damaged', () => {
  const damage = async (hash: string, how: (value: Buffer) => Uint8Array) => {
    const [row] = await at.sql.query<{ value: Uint8Array }>('SELECT value FROM decrypted WHERE hash = $1', [
      hash,
    ])
    const value = how(Buffer.from(row?.value ?? []))
    await at.sql.query('UPDATE decrypted SET value = $1 WHERE hash = $2', [value, hash])
  }
  const flipped = (value: Buffer) => value.map((byte, i) => (i === 20 ? byte ^ 1 : byte))

  it('is told of and passed over: the account is loaded, and the other rows are there', async () => {
    const box = await ledger()
    for (const n of ['1', '2', '3']) await put(box, `h${n}`, `m${n}`)
    await damage('h2', flipped)
    const { bus, of } = hear()
    const { decrypted } = await at.of('uae-1', bus)
    expect(await untold(ending(decrypted))).toEqual([['h1'], ['h3']])
    const told = { trap: 'unreadable-kept', account: 'uae-1', detail: 'decrypted/h2 is damaged' }
    expect(of('session.trapped')).toMatchObject([told])
  })

  it('is not what every row is under another master key: that is no account to go on with', async () => {
    await put(await ledger(), 'h1', 'm1')
    const { bus, of } = hear()
    const cipher = envelopeCipher(at.sql, new Uint8Array(32).fill(8))
    const box = new Decrypted(await rowsOf({ bus, cipher }))
    await expect(box.load()).rejects.toThrow('does not open')
    expect(of('session.trapped')).toEqual([])
  })

  it('where nothing is encrypted: cut short in its length, in its head', async () => {
    const around = { cipher: plainCipher }
    const box = ending(new Decrypted(await rowsOf(around)))
    for (const n of ['1', '2', '3']) await put(box, `h${n}`, `m${n}`)
    await damage('h1', (value) => value.subarray(0, 2))
    await damage('h2', (value) => value.subarray(0, 20))
    const { bus, of } = hear()
    const next = ending(new Decrypted(await rowsOf({ ...around, bus })))
    await next.load()
    expect(await untold(next)).toEqual([['h3']])
    expect(of('session.trapped').map(({ detail }) => detail)).toEqual([
      'decrypted/h1 is damaged',
      'decrypted/h2 is damaged',
    ])
  })
})
