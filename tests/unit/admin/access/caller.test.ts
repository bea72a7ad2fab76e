// Whoever puts two proofs together never gets more than either of them gives.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Caller, inHandsOf, sameRights } from '../../../../agent/admin/access/caller.ts'
import { userFrom } from '../../../../agent/admin/access/grafana.ts'
import { Refusal } from '../../../../agent/admin/access/refusal.ts'
import { highest, isRole, lower, type Role, reaches, roles } from '../../../../agent/admin/access/roles.ts'

const anyRole = fc.constantFrom<Role>(...roles)
const anyPools = fc.option(fc.array(fc.constantFrom('sales', 'support', 'vip'), { maxLength: 3 }), {
  nil: undefined,
})
const anyCaller = fc
  .record({ role: anyRole, pools: anyPools })
  .map(({ role, pools }): Caller => ({ name: 'grafana', role, via: 'token', ...(pools && { pools }) }))
const anyMap = fc.dictionary(fc.constantFrom('Viewer', 'Editor', 'Admin', 'alice', 'user:1', 'None'), anyRole)

it('a token in the hands of a user: never more than the token may, never more than the user may, never another pool', () => {
  fc.assert(
    fc.property(anyCaller, anyRole, fc.string({ minLength: 1 }), (token, role, login) => {
      const both = inHandsOf(token, { login, role })
      expect(reaches(token.role, both.role)).toBe(true)
      expect(reaches(role, both.role)).toBe(true)
      expect([token.role, role]).toContain(both.role)
      expect(both.pools).toEqual(token.pools)
      expect(both).toMatchObject({ name: `grafana:${login}`, via: 'grafana' })
    }),
  )
})

it('whatever an identity says of itself and the maps say of it, the token is the most there is', () => {
  const claims = fc.record({
    sub: fc.constantFrom('user:1', 'service-account:1', 'anonymous:0', ''),
    username: fc.constantFrom('alice', 'root', undefined, 7),
    role: fc.constantFrom('Viewer', 'Editor', 'Admin', 'None', 'admin', '', undefined, { admin: true }),
  })
  const maps = fc.record({
    roles: anyMap,
    users: anyMap,
    defaultRole: fc.constantFrom(...roles, 'none' as const),
  })
  fc.assert(
    fc.property(anyCaller, claims, maps, (token, said, map) => {
      let role: Role
      try {
        role = inHandsOf(token, userFrom(said as never, map)).role
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal)
        return
      }
      expect(reaches(token.role, role)).toBe(true)
    }),
  )
})

describe('roles', () => {
  it('the lower of two is one of them, and no order changes it', () => {
    fc.assert(
      fc.property(anyRole, anyRole, (a, b) => {
        expect(lower(a, b)).toBe(lower(b, a))
        expect(reaches(a, lower(a, b)) && reaches(b, lower(a, b))).toBe(true)
      }),
    )
  })

  it('the highest of several reaches all of them; of none there is none', () => {
    fc.assert(
      fc.property(fc.array(anyRole), (several) => {
        const most = highest(several)
        if (several.length === 0) expect(most).toBeNull()
        else expect(several.every((each) => reaches(most as Role, each))).toBe(true)
      }),
    )
  })

  it.each(['viewer', 'Admin', 'root', '', 7, null])('%j is a role only where it is one', (text) =>
    expect(isRole(text)).toBe(text === 'viewer'),
  )
})

it.each<[Partial<Caller>, boolean]>([
  [{}, true],
  [{ until: 5 }, true],
  [{ role: 'admin' }, false],
  [{ name: 'b' }, false],
  [{ pools: ['sales'] }, false],
  [{ pools: [] }, false],
])('%j is the same rights: %s', (change, same) => {
  const caller: Caller = { name: 'a', role: 'viewer', via: 'token' }
  expect(sameRights(caller, { ...caller, ...change })).toBe(same)
})
