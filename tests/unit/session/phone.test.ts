// The same phone in either of its forms is the same; any other number is not.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { samePhone } from '../../../agent/session/phone.ts'

it.each([
  ['+971505760056', '971505760056', true],
  ['971505760056', '971505760056', true],
  ['+971505760056', '971505760057', false],
  ['+5511987654321', '551187654321', true], // Brazil without the ninth digit
  ['+551187654321', '5511987654321', true],
  ['+5511987654321', '5511987654322', false],
  ['+525512345678', '5215512345678', true], // Mexico with its old 1
  ['+5491112345678', '541112345678', true], // Argentina with its 9
  ['+5491112345678', '541112345679', false],
  ['+12025550123', '2025550123', false],
])('%s and %s: %s', (configured, digits, same) => {
  expect(samePhone(configured, digits)).toBe(same)
})

const digits = fc.stringMatching(/^[1-9]\d{7,14}$/)

it('a number is the same as itself, and sameness goes both ways', () => {
  fc.assert(fc.property(digits, (a) => samePhone(`+${a}`, a)))
  fc.assert(fc.property(digits, digits, (a, b) => samePhone(`+${a}`, b) === samePhone(`+${b}`, a)))
})
