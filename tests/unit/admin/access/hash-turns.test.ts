// Whoever guesses at one token neither fills the threads nor keeps the holders of others waiting, and costs little once locked out.

import { describe, expect, it } from 'vitest'
import { HashTurns } from '../../../../agent/admin/access/hash-turns.ts'
import { LockedOut, LockOut } from '../../../../agent/admin/access/lock-out.ts'
import { until } from '../../../harness/until.ts'

/** Work that ends when it is told to. */
function workshop() {
  const turns = new HashTurns()
  const running: { id: string; end: () => void }[] = []
  let most = 0
  const ask = (id: string): Promise<string> =>
    turns.take(id, async () => {
      await new Promise<void>((resolve) => {
        running.push({ id, end: resolve })
        most = Math.max(most, running.length)
      })
      return id
    })
  const end = (id: string): void => {
    const [work] = running.splice(
      running.findIndex((each) => each.id === id),
      1,
    )
    work?.end()
  }
  const ids = (): string[] => running.map(({ id }) => id)
  return { ask, end, ids, most: () => most }
}

describe('the turns', () => {
  it('one at a time for a token, two in all, and a token that nobody guesses at is the next', async () => {
    const { ask, end, ids, most } = workshop()
    const guesses = Array.from({ length: 50 }, () => ask('a'))
    const other = ask('b')
    const third = ask('c')
    await until('two run', () => ids().length === 2)
    expect(ids()).toEqual(['a', 'b'])
    end('a')
    // And not the next guess.
    await until('the third runs', () => ids().includes('c'))
    end('b')
    end('c')
    expect(await Promise.all([other, third])).toEqual(['b', 'c'])
    for (let i = 1; i < guesses.length; i++) {
      await until('the next guess runs', () => ids().length === 1)
      end('a')
    }
    await Promise.all(guesses)
    expect(most()).toBe(2)
  })

  it('no more than five hundred wait for one token, and then it is as new', async () => {
    const { ask, end, ids } = workshop()
    const all = Array.from({ length: 501 }, () => ask('a'))
    await expect(ask('a')).rejects.toThrow(LockedOut)
    for (let i = 0; i < all.length; i++) {
      await until('one runs', () => ids().length === 1)
      end('a')
    }
    expect(new Set(await Promise.all(all))).toEqual(new Set(['a']))
    const again = ask('a')
    await until('it runs', () => ids().length === 1)
    end('a')
    expect(await again).toBe('a')
  })
})

describe('a lock-out', () => {
  const fails = (lockOut: LockOut, place: string, count: number): boolean[] =>
    Array.from({ length: count }, () => lockOut.fail(place).begins)
  const admitted = (lockOut: LockOut, place: string, id: string): number => {
    for (let count = 0; ; count++)
      try {
        lockOut.admit(place, id)
      } catch (error) {
        expect(error).toBeInstanceOf(LockedOut)
        expect((error as LockedOut).leftMs).toBeGreaterThan(0)
        return count
      }
  }

  it('begins once, with the twenty-first wrong token', () => {
    const begins = fails(new LockOut(), 'a', 40)
    expect(begins.indexOf(true)).toBe(20)
    expect(begins.filter(Boolean)).toHaveLength(1)
  })

  it('lets a place have twenty hashes of each token, three of each while it is locked out, and does so for each place', () => {
    const lockOut = new LockOut()
    expect(admitted(lockOut, 'a', 'guessed')).toBe(20)
    fails(lockOut, 'a', 21)
    expect(admitted(lockOut, 'a', 'guessed')).toBe(0)
    expect(admitted(lockOut, 'a', 'operator')).toBe(3)
    expect(admitted(lockOut, 'b', 'guessed')).toBe(20)
  })
})
