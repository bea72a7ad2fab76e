// A message fits its segments in both alphabets, is cut where it matters least, and always says how to answer.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutSms, segmentsOf } from '../../../alertmanager/pager/decide/cut.ts'

const answer = 'Acknowledge: https://pager.example.com/a/aaaaaaaaaaaa.bbbbbbbbbbbbbbbb'

it.each([
  ['a'.repeat(160), 1],
  ['a'.repeat(161), 2],
  ['a'.repeat(306), 2],
  ['a'.repeat(307), 3],
  // In the GSM alphabet, but two places each.
  ['€'.repeat(80), 1],
  ['€'.repeat(81), 2],
  ['ع'.repeat(70), 1],
  ['ع'.repeat(71), 2],
  [`${'a'.repeat(70)}ع`, 2],
  ['', 0],
])('counts %#', (text, segments) => {
  expect(segmentsOf(text)).toBe(segments)
})

it('keeps everything that fits, then drops the runbook, then the action, then the end of the headline', () => {
  const parts = { headline: 'H'.repeat(60), action: 'A'.repeat(150), runbook: 'R'.repeat(150), answer }
  expect(cutSms(parts, 4)).toBe(`${parts.headline} ${parts.action}\n${parts.runbook}\n${answer}`)
  expect(cutSms(parts, 2)).toBe(`${parts.headline} ${parts.action}\n${answer}`)
  expect(cutSms(parts, 1)).toBe(`${parts.headline}\n${answer}`)
  const cut = cutSms({ ...parts, headline: 'H'.repeat(200) }, 1)
  expect(cut).toHaveLength(160)
  expect(cut).toMatch(/^H+\.\.\.\nAcknowledge/)
})

it('takes a segment more rather than saying nothing of what has happened', () => {
  const headline = 'ع'.repeat(100)
  const parts = { headline, action: 'ف'.repeat(50), runbook: null, answer }
  expect(cutSms(parts, 1)).toBe(cutSms(parts, 2))
  expect(cutSms(parts, 1)).toMatch(/^ع{20,}\.\.\.\nAcknowledge/)
  expect(cutSms({ ...parts, answer: null }, 1)).toMatch(/^ع{67}\.\.\.$/)
  expect(cutSms({ ...parts, headline: 'عطل' }, 2)).toContain('عطل')
})

it('fits, whatever it is given, and never loses the answer', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'é', '€', 'ع', 'न', 'क्ष', '👨‍👩‍👧', ' ', '\n'),
    maxLength: 300,
  })
  const optional = fc.option(text)
  fc.assert(
    fc.property(
      text,
      optional,
      optional,
      fc.integer({ min: 2, max: 6 }),
      (headline, action, runbook, segments) => {
        const cut = cutSms({ headline, action, runbook, answer }, segments)
        expect(segmentsOf(cut)).toBeLessThanOrEqual(segments)
        expect(cut.endsWith(answer)).toBe(true)
      },
    ),
    { numRuns: 200 },
  )
})
