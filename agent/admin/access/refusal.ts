// Why somebody is not let in, and what they are told: enough for an honest client, nothing for a guesser.

import { Problem } from '../problem.ts'

interface Answer {
  status: 401 | 403 | 503
  code: string
  detail: string
  /** It counts as a guess: many of them lock the address out. */
  guess: boolean
}

const bad = (detail: string): Answer => ({ status: 401, code: 'bad-token', detail, guess: true })
const notOurs = bad('this token is not for this agent, or nobody here believes who signed it')

/** By why. Whys of a JWT that was signed by the right key say so; the others all look alike. */
export const answers = {
  unknown: bad('nobody holds this token'),
  malformed: notOurs,
  'too-long': notOurs,
  header: notOurs,
  algorithm: notOurs,
  key: notOurs,
  signature: notOurs,
  issuer: notOurs,
  audience: notOurs,
  early: bad('the time of this token has not come; compare the clocks'),
  claims: bad(
    'this token lacks a claim that is needed here: exp, iat, a name, or jti where tokens are good once',
  ),
  expired: { status: 401, code: 'token-expired', detail: 'the time of this token is over', guess: false },
  age: {
    status: 401,
    code: 'token-expired',
    detail: 'this token was issued longer ago than admin.oidc.max_age; get a new one',
    guess: false,
  },
  replayed: { status: 401, code: 'token-used', detail: 'this token is good once and was used', guess: true },
  role: {
    status: 403,
    code: 'role',
    detail: 'nothing in this identity is mapped to a role of this agent',
    guess: false,
  },
  'identity-missing': {
    status: 403,
    code: 'identity-required',
    detail:
      'this token is good only with the identity of a Grafana user (X-Grafana-Id), or admin.grafana is not set',
    guess: false,
  },
  'keys-away': {
    status: 503,
    code: 'keys-away',
    detail: 'the keys that prove this token cannot be asked for now; try again',
    guess: false,
  },
  full: {
    status: 503,
    code: 'once-full',
    detail: 'more tokens that are good once were used than can be remembered; try again',
    guess: false,
  },
} as const satisfies Record<string, Answer>

export type Why = keyof typeof answers

/** Thrown by whatever proves an identity. */
export class Refusal extends Error {
  readonly why: Why

  constructor(why: Why, options?: ErrorOptions) {
    super(why, options)
    this.name = 'Refusal'
    this.why = why
  }
}

/** What the refused one is told. @param of whether the bearer token was refused or the identity beside it */
export function problemOf(why: Why, of: 'token' | 'identity', headers: Record<string, string>): Problem {
  const { status, code, detail }: Answer = answers[why]
  const wait: Record<string, string> = status === 503 ? { 'retry-after': '10' } : {}
  if (of === 'identity' && status === 401)
    return new Problem(401, 'bad-identity', `X-Grafana-Id: ${detail.replaceAll('token', 'identity')}`, wait)
  return new Problem(status, code, detail, status === 401 ? { ...headers, ...wait } : wait)
}
