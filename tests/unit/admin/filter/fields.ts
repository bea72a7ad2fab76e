// Fields, terms and rows at random: what a list could have, and what a caller could ask of it.

import fc from 'fast-check'
import type { Fields, Match, Term } from '../../../../agent/admin/filter/terms.ts'

export const words = ['CONNECTED', 'PAIRING', 'LOGGED_OUT', 'rolled-back'] as const

export const fields = {
  account: { type: 'text', column: 'account' },
  note: { type: 'text', column: 'note' },
  status: { type: 'word', words, column: 'status' },
  score: { type: 'number', column: 'score' },
  at: { type: 'time', column: 'seen_at' },
  open: { type: 'flag', column: 'is_open' },
} as const satisfies Fields

/** A small alphabet, so that what is asked for is now and then there; with everything that means something somewhere. */
const letters = [...'aAbB1 -*",:<>.\\%_\'$;()Ä€😀']
export const text = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 6 })
const bare = fc.string({ unit: fc.constantFrom(...'aAbB1-.%_;()Ä€😀'), minLength: 1, maxLength: 4 })
/** Years 0001 to 9998. */
export const moment = fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 })
export const score = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((n) => n + 0),
)

function rangeOf(n: fc.Arbitrary<number>): fc.Arbitrary<Match> {
  const op = 'range' as const
  return fc.oneof(
    n.map((least): Match => ({ op, least })),
    n.map((most): Match => ({ op, most })),
    n.map((above): Match => ({ op, above })),
    n.map((below): Match => ({ op, below })),
    fc.tuple(n, n).map(([a, b]): Match => ({ op, least: Math.min(a, b), most: Math.max(a, b) })),
  )
}

const any = fc.constant<Match>({ op: 'any' })
const like = fc
  .record({ text: bare, before: fc.boolean(), after: fc.boolean() })
  .filter(({ before, after }) => before || after)
  .map((each): Match => ({ op: 'like', ...each }))
const matches: Record<keyof typeof fields, fc.Arbitrary<Match>> = {
  account: fc.oneof(
    any,
    like,
    text.map((value): Match => ({ op: 'is', value })),
  ),
  note: fc.oneof(
    any,
    like,
    text.map((value): Match => ({ op: 'is', value })),
  ),
  status: fc.oneof(
    any,
    fc.constantFrom(...words).map((value): Match => ({ op: 'is', value })),
  ),
  score: fc.oneof(any, rangeOf(score)),
  at: fc.oneof(any, rangeOf(moment)),
  open: fc.oneof(
    any,
    fc.boolean().map((value): Match => ({ op: 'is', value })),
  ),
}

const fieldTerm = fc.constantFrom(...(Object.keys(fields) as (keyof typeof fields)[])).chain((field) =>
  fc.record({
    not: fc.boolean(),
    field: fc.constant(field),
    any: fc.uniqueArray(matches[field], { minLength: 1, maxLength: 3, selector: JSON.stringify }),
  }),
)
export const terms: fc.Arbitrary<Term[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: fieldTerm }, fc.record({ not: fc.boolean(), text })),
  { maxLength: 5 },
)

export type TestRow = {
  account: string
  note: string | null
  status: string | null
  score: number | null
  at: number | null
  open: boolean
}
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
export const row: fc.Arbitrary<TestRow> = fc.record({
  account: text,
  note: orNull(text),
  status: orNull(fc.constantFrom(...words)),
  score: orNull(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer())),
  at: orNull(moment),
  open: fc.boolean(),
})
