// What was decrypted is there until it is kept and a while longer, and there is never more of it than there may be.

import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { Decrypted, type DecryptedLimits } from '../../../agent/session/decrypted.ts'
import { AuthRows } from '../../../agent/store/auth-rows.ts'
import { until } from '../../harness/until.ts'
import { hear } from '../events/heard.ts'
import { AuthStage } from './auth-stage.ts'

let at: AuthStage
beforeEach(async () => {
  at = new AuthStage()
  await at.open()
})

const rowsOf = async (bus = new Bus('node-1')): Promise<AuthRows> => {
  const epoch = await takeOwnership(at.sql, 'uae-1', 'node-1')
  return new AuthRows({ sql: at.sql, cipher: at.cipher, bus, account: 'uae-1', epoch })
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
  const box = ending(new Decrypted(await rowsOf(bus), { holdMs: 1 }))
  await put(box, 'h1', 'm1')
  await takeOwnership(at.sql, 'uae-1', 'node-2')
  await expect(put(box, 'h2', 'm2')).rejects.toThrow('another process')
  box.settled('m1')
  await until('it tried', () => of('store.write-fenced').length === 2)
  expect(await stored()).toEqual(['h1'])
  await box.end()
  expect(of('store.write-fenced')).toHaveLength(2)
})
