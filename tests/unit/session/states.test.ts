// Every state meets every input: what the rules do not allow is refused, and nothing leaves the vocabulary.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accepts, IllegalTransition, type Input, transition } from '../../../agent/session/states.ts'
import { type SessionState, sessionStates } from '../../../agent/words.ts'

/** The rules in words, apart from the table in the code: from which states an input is taken, and where it leads. */
const dead = ['stopped', 'waiting', 'logged-out', 'replaced', 'failed']
const dialling = ['connecting', 'pairing']
const linked = ['open', 'restricted']
const alive = [...dialling, ...linked]
const rules: Record<Input, { from: readonly string[]; to: SessionState }> = {
  start: { from: [...dead, 'connecting'], to: 'connecting' },
  code: { from: dialling, to: 'pairing' },
  open: { from: dialling, to: 'open' },
  retry: { from: alive, to: 'connecting' },
  wait: { from: alive, to: 'waiting' },
  'log-out': { from: alive, to: 'logged-out' },
  restrict: { from: linked, to: 'restricted' },
  lift: { from: ['restricted'], to: 'open' },
  replace: { from: alive, to: 'replaced' },
  fail: { from: alive, to: 'failed' },
  stop: { from: sessionStates, to: 'stopped' },
}
const inputs = Object.keys(rules) as Input[]
const pairs = sessionStates.flatMap((state) => inputs.map((input) => [state, input] as const))

describe('every pair of state and input', () => {
  it.each(pairs)('%s + %s', (state, input) => {
    const { from, to } = rules[input]
    expect(accepts(state, input)).toBe(from.includes(state))
    if (from.includes(state)) expect(transition(state as SessionState, input as Input)).toBe(to)
    else expect(() => transition(state as SessionState, input as Input)).toThrow(IllegalTransition)
  })
})

it('a refusal names the state and the input, and says what would be taken', () => {
  const refused = () => transition('waiting' as SessionState, 'open' as Input)
  expect(refused).toThrow('a session that is waiting cannot take "open"; it takes start, stop')
  expect(refused).toThrow(expect.objectContaining({ from: 'waiting', input: 'open' }))
})

it('whatever happened before, a session can be stopped and started again', () => {
  const walk = fc.array(fc.constantFrom(...inputs), { maxLength: 40 })
  fc.assert(
    fc.property(walk, (steps) => {
      let state: SessionState = 'stopped'
      for (const input of steps) {
        if (accepts(state, input)) state = transition(state, input)
        expect(sessionStates).toContain(state)
      }
      expect(transition(transition(state, 'stop'), 'start')).toBe('connecting')
    }),
  )
})

it('only a person, the fleet or the agent leads out of a dead state', () => {
  for (const state of dead)
    expect(inputs.filter((input) => accepts(state as SessionState, input))).toEqual(['start', 'stop'])
})
