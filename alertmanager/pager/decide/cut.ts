// A message fits the segments that it may have: what matters least goes first, and the way to acknowledge never goes.

import { SegmentedMessage } from 'sms-segments-calculator'

export interface Parts {
  headline: string
  action: string | null
  runbook: string | null
  /** How to acknowledge. */
  answer: string | null
}

/** How many SMS the text takes: 160 characters are one and more take 153 each, 70 and 67 where one is not in the GSM alphabet. */
export function segmentsOf(text: string): number {
  return text === '' ? 0 : new SegmentedMessage(text).segmentsCount
}

/** Letters of a headline that say anything. */
const LEAST = 20

/**
 * The longest of these that fits: everything, without the runbook, without the action, with a shortened headline. Where the way to
 * acknowledge leaves no room to say what has happened, the message takes a segment more.
 */
export function cutSms({ headline, action, runbook, answer }: Parts, segments: number): string {
  const join = (body: (string | null)[], ...lines: (string | null)[]): string =>
    [body.filter(Boolean).join(' '), ...lines].filter(Boolean).join('\n')
  const fits = (text: string): boolean => segmentsOf(text) <= segments
  for (const text of [join([headline, action], runbook, answer), join([headline, action], answer)])
    if (fits(text)) return text
  const whole = join([headline], answer)
  if (fits(whole)) return whole
  // By what a reader takes for one character, so that none is cut in two.
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(headline)].map(
    ({ segment }) => segment,
  )
  const shortened = (count: number): string =>
    join([`${letters.slice(0, count).join('').trimEnd()}...`], answer)
  let [least, most] = [0, letters.length]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(shortened(middle))) least = middle
    else most = middle - 1
  }
  const left = letters.slice(0, least).join('').length
  if (left < Math.min(LEAST, headline.length))
    return cutSms({ headline, action: null, runbook: null, answer }, segments + 1)
  return shortened(least)
}
