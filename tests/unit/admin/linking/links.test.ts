// A link opens its own account for a quarter of an hour, however often it is used, and nothing else opens anything.

import { expect, it } from 'vitest'
import { Links } from '../../../../agent/admin/linking/links.ts'
import { start, stopClock } from './clock.ts'

const quarter = 15 * 60_000

it('opens its own account and says when it ends', () => {
  stopClock()
  const links = new Links()
  const [a, b] = [links.mint('uae-1'), links.mint('uae-2')]
  expect(a.expiresAt).toBe(start + quarter)
  expect([links.accountOf(a.token), links.accountOf(b.token)]).toEqual(['uae-1', 'uae-2'])
})

it('two links of one account are both good', () => {
  const links = new Links()
  const made = [links.mint('uae-1'), links.mint('uae-1')].map(({ token }) => token)
  expect(new Set(made).size).toBe(2)
  expect(made.map((token) => links.accountOf(token))).toEqual(['uae-1', 'uae-1'])
})

it('ends when it said, though it was used all the time', async () => {
  const pass = stopClock()
  const links = new Links()
  const { token } = links.mint('uae-1')
  for (let minute = 0; minute < 15; minute++) {
    expect(links.accountOf(token)).toBe('uae-1')
    await pass(60_000 - (minute === 14 ? 1 : 0))
  }
  expect(links.accountOf(token)).toBe('uae-1')
  await pass(2)
  expect(links.accountOf(token)).toBeNull()
})

it('twenty of an account are good at a time, and make no room in those of another', () => {
  const links = new Links()
  const other = links.mint('ksa-1').token
  const made = Array.from({ length: 21 }, () => links.mint('uae-1').token)
  expect(new Set(made).size).toBe(21)
  expect(made.map((token) => links.accountOf(token))).toEqual([null, ...Array(20).fill('uae-1')])
  expect(links.accountOf(other)).toBe('ksa-1')
})

it('has 192 random bits after a word that tells it from other tokens', () => {
  expect(new Links().mint('uae-1').token).toMatch(/^link_[\w-]{32}$/)
})

it.each(['', 'link_', `link_${'x'.repeat(32)}`, 'uae-1', '__proto__'])('"%s" opens nothing', (token) => {
  const links = new Links()
  links.mint('uae-1')
  expect(links.accountOf(token)).toBeNull()
})

it('those of another process open nothing: a restart ends them all', () => {
  const { token } = new Links().mint('uae-1')
  expect(new Links().accountOf(token)).toBeNull()
})
