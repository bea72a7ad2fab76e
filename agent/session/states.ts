// Which state may follow which, as one table: a transition that is not in it cannot be made.

import type { SessionState } from '../words.ts'

/** What can happen to a session, seen from its state machine. */
export type Input =
  | 'start' // dial: by the agent's start, the fleet, a person, or the retry timer
  | 'code' // WhatsApp handed out a code
  | 'open' // the server accepted the login
  | 'retry' // the connection ended and will be dialled again
  | 'wait' // it ended and a person must ask for the next attempt
  | 'log-out'
  | 'restrict'
  | 'lift'
  | 'replace'
  | 'fail'
  | 'stop'

const table = {
  stopped: { start: 'connecting', stop: 'stopped' },
  connecting: {
    start: 'connecting',
    code: 'pairing',
    open: 'open',
    retry: 'connecting',
    wait: 'waiting',
    'log-out': 'logged-out',
    replace: 'replaced',
    fail: 'failed',
    stop: 'stopped',
  },
  pairing: {
    code: 'pairing',
    open: 'open',
    retry: 'connecting',
    wait: 'waiting',
    'log-out': 'logged-out',
    replace: 'replaced',
    fail: 'failed',
    stop: 'stopped',
  },
  open: {
    retry: 'connecting',
    wait: 'waiting',
    'log-out': 'logged-out',
    restrict: 'restricted',
    replace: 'replaced',
    fail: 'failed',
    stop: 'stopped',
  },
  restricted: {
    restrict: 'restricted',
    lift: 'open',
    retry: 'connecting',
    wait: 'waiting',
    'log-out': 'logged-out',
    replace: 'replaced',
    fail: 'failed',
    stop: 'stopped',
  },
  waiting: { start: 'connecting', stop: 'stopped' },
  'logged-out': { start: 'connecting', stop: 'stopped' },
  replaced: { start: 'connecting', stop: 'stopped' },
  failed: { start: 'connecting', stop: 'stopped' },
} as const satisfies Record<SessionState, Partial<Record<Input, SessionState>>>

type Table = typeof table

/** Inputs that a state accepts; anything else does not compile where the state is known. */
export type InputOf<S extends SessionState> = keyof Table[S] & Input

/** An input arrived in a state that has no place for it. */
export class IllegalTransition extends Error {
  readonly from: SessionState
  readonly input: Input
  constructor(from: SessionState, input: Input) {
    super(`a session that is ${from} cannot take "${input}"; it takes ${Object.keys(table[from]).join(', ')}`)
    this.name = 'IllegalTransition'
    this.from = from
    this.input = input
  }
}

/**
 * The state that follows. Where `from` is known to the compiler, an impossible input is a type error;
 * where it is not, it throws IllegalTransition.
 */
export function transition<S extends SessionState>(from: S, input: InputOf<S>): SessionState
export function transition(from: SessionState, input: Input): SessionState
export function transition(from: SessionState, input: Input): SessionState {
  const next = (table[from] as Partial<Record<Input, SessionState>>)[input]
  if (next === undefined) throw new IllegalTransition(from, input)
  return next
}

/** Whether the input has a place in the state. */
export function accepts(from: SessionState, input: Input): boolean {
  return input in table[from]
}
