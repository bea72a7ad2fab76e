// A reply is understood in the digits that people type, and a phone that answers by itself is not answered for ever.

import { expect, it } from 'vitest'
import { codesIn, WrongReplies } from '../../../alertmanager/pager/decide/reply.ts'

it.each([
  ['3073', ['3073']],
  ['OK3073!', ['3073']],
  ['at 1800 3073', ['1800', '3073']],
  ['3073 3073', ['3073']],
  ['٣٠٧٣', ['3073']],
  ['۳۰۷۳', ['3073']],
  ['३०७३', ['3073']],
  ['３０７３', ['3073']],
  ['30733', []],
  ['+971505760056', []],
  ['what?', []],
  [
    Array.from({ length: 400 }, (_, n) => 1_000 + n).join(' '),
    ['1000', '1001', '1002', '1003', '1004', '1005', '1006', '1007'],
  ],
])('%s', (text, codes) => {
  expect(codesIn(text)).toEqual(codes)
})

it('answers wrong replies a few times an hour, each person by himself', () => {
  const wrong = new WrongReplies()
  const hour = 3_600_000
  const told = [0, 1, 2, 3, hour - 1, hour, hour + 1].filter((now) => wrong.mayTell('alice', now))
  expect(told).toEqual([0, 1, 2, hour, hour + 1])
  expect(wrong.mayTell('bob', 3)).toBe(true)
})
