// A link is ours or nobody's: no change of a character, no other key.

import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { codeOf, signed } from '../../../alertmanager/pager/desk/links.ts'

const key = randomBytes(32)
const code = randomBytes(9).toString('base64url')

it('gives back what it signed, and nothing else', () => {
  const token = signed(key, code)
  expect(codeOf(key, token)).toBe(code)
  expect(codeOf(randomBytes(32), token)).toBeNull()
  for (let place = 0; place < token.length; place++) {
    const changed = `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`
    expect(codeOf(key, changed), changed).toBeNull()
  }
  for (const odd of ['', '.', code, `${token}A`, ` ${token}`]) expect(codeOf(key, odd)).toBeNull()
})
