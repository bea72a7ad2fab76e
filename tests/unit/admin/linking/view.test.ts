// Whoever links a phone is told one state out of eight, in words, and never given a code that the state does not show.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LinkingFacts, linkingOf, linkingStates } from '../../../../agent/admin/linking/view.ts'
import type { Code } from '../../../../agent/pairing/attempt.ts'
import {
  pairingMethods,
  pairingOutcomes,
  type Reason,
  reasons,
  sessionStates,
} from '../../../../agent/words.ts'

const codeOf = (method: Code['method']): Code => ({
  code: method === 'qr' ? '2@SECRET' : 'SECR1234',
  method,
  index: 1,
  issuedAt: 0,
  expiresAt: 60_000,
})
const facts = (
  state: LinkingFacts['snapshot']['state'],
  rest: Partial<Omit<LinkingFacts, 'snapshot'>> & { askable?: boolean; reason?: Reason } = {},
): LinkingFacts => {
  const { askable = false, reason, code = null, lastOutcome = null } = rest
  const lastDisconnect = reason ? { at: 0, reason, code: null } : null
  return { snapshot: { state, askable, lastDisconnect }, code, lastOutcome }
}

it.each<[string, LinkingFacts, string]>([
  ['dialling', facts('connecting'), 'waiting'],
  ['dialling for the codes of the same attempt', facts('connecting', { code: codeOf('qr') }), 'code'],
  ['between two codes', facts('pairing'), 'waiting'],
  ['a regeneration', facts('connecting', { lastOutcome: 'expired' }), 'waiting'],
  ['a QR code', facts('pairing', { code: codeOf('qr') }), 'code'],
  ['a code to be typed', facts('pairing', { code: codeOf('code') }), 'pairing-code'],
  ['scanned, the old connection still there', facts('pairing', { lastOutcome: 'linked' }), 'scanned'],
  ['scanned, dialling again', facts('connecting', { lastOutcome: 'linked' }), 'scanned'],
  ['open', facts('open', { lastOutcome: 'linked' }), 'linked'],
  ['open but restricted', facts('restricted'), 'linked'],
  ['nobody had looked', facts('waiting', { askable: true, reason: 'codes-ended' }), 'waiting'],
  ['everything was shown', facts('waiting', { reason: 'window-expired', lastOutcome: 'expired' }), 'expired'],
  ['a passkey', facts('waiting', { reason: 'passkey-required', lastOutcome: 'passkey' }), 'passkey'],
  [
    'an old passkey, and codes since',
    facts('waiting', { askable: true, reason: 'passkey-required' }),
    'waiting',
  ],
  ['stopped', facts('stopped'), 'unavailable'],
  ['banned', facts('failed', { reason: 'banned' }), 'unavailable'],
  ['logged out', facts('logged-out', { reason: 'logged-out' }), 'unavailable'],
  ['taken by another process', facts('replaced', { reason: 'replaced' }), 'unavailable'],
])('%s', (_, given, state) => {
  expect(linkingOf(given).state).toBe(state)
})

const anything: fc.Arbitrary<LinkingFacts> = fc.record({
  snapshot: fc.record({
    state: fc.constantFrom(...sessionStates),
    askable: fc.boolean(),
    lastDisconnect: fc.option(
      fc.record({ at: fc.nat(), reason: fc.constantFrom(...reasons), code: fc.constant(null) }),
    ),
  }),
  code: fc.option(fc.constantFrom(...pairingMethods).map(codeOf)),
  lastOutcome: fc.option(fc.constantFrom(...pairingOutcomes)),
})

it('a code is given where one is shown and nowhere else, and never stands in the words', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const { state, words, code } = linkingOf(given)
      expect(linkingStates).toContain(state)
      expect(words).toMatch(/^[A-Z].*\.$/)
      expect(words).not.toContain('SECR')
      expect(code).toBe(state === 'code' || state === 'pairing-code' ? given.code : null)
      if (code) expect(state).toBe(code.method === 'qr' ? 'code' : 'pairing-code')
    }),
    { numRuns: 1_000, seed: 20_240_601 },
  )
})

it('a session that cannot be linked says what it is and why', () => {
  expect(linkingOf(facts('failed', { reason: 'banned' })).words).toBe(
    'This account cannot be linked now; when the cause is mended, an operator begins again with a reset. The session is failed (banned).',
  )
  expect(linkingOf(facts('stopped')).words).toBe(
    'This account cannot be linked now; when the cause is mended, an operator begins again with a reset. The session is stopped.',
  )
})

it('each state has words of its own', () => {
  const said = new Map(
    fc.sample(anything, { numRuns: 2_000, seed: 1 }).map((given) => {
      const { state, words } = linkingOf(given)
      return [state, words.split(' The session is ')[0]]
    }),
  )
  expect([...said.keys()].sort()).toEqual([...linkingStates].sort())
  expect(new Set(said.values()).size).toBe(linkingStates.length)
})
