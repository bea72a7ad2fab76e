// The catalogue of events is fit to be made into documentation: names in one form, one sentence each, no words twice.

import { expect, it } from 'vitest'
import { catalogue } from '../../../agent/events.ts'
import * as words from '../../../agent/words.ts'

const entries = Object.entries(catalogue)

it.each(entries)('%s says what it means in one sentence', (type, { help }) => {
  expect(type).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/)
  expect(help).toMatch(/^[A-Z].*[a-z]\.$/)
  expect(help.slice(0, -1)).not.toContain('.')
})

it('no two events mean the same', () => {
  expect(new Set(entries.map(([, { help }]) => help)).size).toBe(entries.length)
})

it.each([
  ['sessionStates', words.sessionStates],
  ['reasons', words.reasons],
  ['suspicions', words.suspicions],
  ['traps', words.traps],
  ['pairingMethods', words.pairingMethods],
  ['pairingOutcomes', words.pairingOutcomes],
])('%s has no word twice and each is fit for a label', (_, list) => {
  expect(new Set(list).size).toBe(list.length)
  for (const word of list) expect(word).toMatch(/^[a-z]+(-[a-z]+)*$/)
})
