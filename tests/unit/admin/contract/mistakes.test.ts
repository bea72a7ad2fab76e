// Every mistake says what was found and what is allowed, in words of ours, and repeats nothing that people write.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { mistakesIn } from '../../../../agent/admin/contract/mistakes.ts'
import { bodySchema } from '../../../../agent/admin/message-body.ts'

const schema = z.strictObject({
  strategy: z.enum(['geo', 'priority']),
  why: z.string().min(2).max(5).optional(),
  weight: z.number().min(0.1).optional(),
  whole: z.int().optional(),
  id: z.uuid().optional(),
  ours: z.string().regex(/^a/, 'a word with an a').optional(),
  list: z.array(z.string()).max(1).optional(),
  kind: z.discriminatedUnion('type', [z.strictObject({ type: z.literal('text') })]).optional(),
})

function told(value: unknown, of: z.ZodType = schema, unsaid: string[] = []): string {
  const { error } = of.safeParse(value)
  return error ? mistakesIn(error, { schema: of, value, whole: 'body', unsaid }) : ''
}

const good = { strategy: 'geo' }

it.each<[unknown, string]>([
  [{}, 'strategy: found nothing, allowed: geo, priority'],
  [{ strategy: 'random' }, 'strategy: found "random", allowed: geo, priority'],
  [{ strategy: 7 }, 'strategy: found 7, allowed: geo, priority'],
  [{ ...good, why: '' }, 'why: found "", allowed: at least 2 characters'],
  [{ ...good, why: 'x' }, 'why: found 1 character, allowed: at least 2 characters'],
  [{ ...good, why: 'xxxxxx' }, 'why: found 6 characters, allowed: at most 5 characters'],
  [{ ...good, why: null }, 'why: found null, allowed: a text'],
  [{ ...good, weight: 0 }, 'weight: found 0, allowed: at least 0.1'],
  [{ ...good, whole: 1.5 }, 'whole: found 1.5, allowed: a whole number'],
  [{ ...good, id: 'x' }, 'id: found "x", allowed: a UUID'],
  [{ ...good, ours: 'b' }, 'ours: found "b", allowed: a word with an a'],
  [{ ...good, list: ['a', 'b'] }, 'list: found 2 entries, allowed: at most 1 entries'],
  [{ ...good, kind: { type: 'dance' } }, 'kind.type: found "dance", allowed: text'],
  [
    { ...good, weigth: 1 },
    'body: found "weigth", allowed: strategy, why, weight, whole, id, ours, list, kind; did you mean weight?',
  ],
  [[], 'body: found a list, allowed: an object'],
  [null, 'body: found null, allowed: an object'],
  ['x'.repeat(60), `body: found "${'x'.repeat(40)}"..., allowed: an object`],
])('%j', (value, words) => expect(told(value)).toBe(words))

it('what has no field of its own tells of the whole', () => {
  const message = { to: '+971501234567' }
  expect(told(message, bodySchema)).toBe('body: found neither, allowed: one of text and content')
  expect(told({ ...message, text: 'x', expiresAt: 1 }, bodySchema)).toMatch(
    /^body: found "expiresAt", allowed: .*expiresAfter; did you mean expiresAfter\?$/,
  )
})

it('whatever is given, each mistake says both; phones and texts are only counted', () => {
  const field = fc.anything({ maxDepth: 1 })
  const body = fc.record({ to: field, text: field, pool: field, notBefore: field }, { requiredKeys: [] })
  fc.assert(
    fc.property(body, (value) => {
      const words = told(value, bodySchema, ['to', 'text', 'content'])
      if (!bodySchema.safeParse(value).success) expect(words).toMatch(/found .*, allowed: ./su)
      expect(words).not.toMatch(/expected|Invalid|Too (small|big)/)
    }),
  )
  const secret = told({ to: '971501234567', text: 'x' }, bodySchema, ['to', 'text'])
  expect(secret).toBe('to: found 12 characters, allowed: an E.164 phone, for example +971501234567')
})
