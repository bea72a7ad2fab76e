// What follows an attempt: whatever the providers do, every way is tried as often as is allowed, none that refused for certain again, and only those are given up for whom nothing is left.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Course, courseOf, leave, stepAfter } from '../../../alertmanager/pager/decide/course.ts'
import { attemptOutcomes, type ChannelName, channelNames } from '../../../alertmanager/pager/words.ts'

const retries = { count: 3, apartMs: 5_000, longestMs: 60_000, againMs: 60_000 }
const course = (more: Partial<Course> = {}): Course => ({
  channel: 'sms',
  next: ['push'],
  out: [],
  tries: 1,
  round: 0,
  ...more,
})

it.each([
  ['accepted', {}, { do: 'done' }],
  ['unavailable', {}, { do: 'retry', at: 5_000 }],
  ['unknown', { tries: 3 }, { do: 'retry', at: 5_000 }],
  [
    'unavailable',
    { tries: 4 },
    { do: 'fall-back', course: { channel: 'push', next: [], out: ['sms'], tries: 0 } },
  ],
  ['refused', {}, { do: 'fall-back', course: { channel: 'push', out: [] } }],
  ['refused', { next: [] }, { do: 'give-up' }],
  [
    'refused',
    { next: [], out: ['voice'] },
    { do: 'rest', at: 60_000, course: { channel: 'voice', next: [], round: 1 } },
  ],
  [
    'unavailable',
    { tries: 4, next: [], round: 2 },
    { do: 'rest', at: 240_000, course: { channel: 'sms', round: 3 } },
  ],
  ['unavailable', { tries: 4, next: [], round: 50 }, { do: 'rest', at: 960_000 }],
] as const)('after %s with %j', (outcome, more, step) => {
  expect(stepAfter({ outcome }, course(more as Partial<Course>), retries, 0)).toMatchObject(step)
})

it.each([
  [1_000, 'retry', 5_000],
  [30_000, 'retry', 30_000],
  [60_000, 'retry', 60_000],
  // A provider that wants to be left alone for an hour is out.
  [3_600_000, 'fall-back', undefined],
])('honours a Retry-After of %i ms', (retryAfterMs, step, at) => {
  const said = stepAfter({ outcome: 'busy', retryAfterMs }, course(), retries, 0)
  expect(said.do).toBe(step)
  if (said.do === 'retry') expect(said.at).toBe(at)
})

it('tries every way that has not refused, in every round, and never one that has', () => {
  const ways = fc.uniqueArray(fc.constantFrom(...channelNames), { minLength: 1 })
  const outcomes = fc.array(fc.constantFrom(...attemptOutcomes), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(ways, outcomes, fc.integer({ min: 0, max: 4 }), ([first, ...fallback], sequence, count) => {
      let now = 0
      let at = courseOf(first as ChannelName, fallback, () => true) as Course
      const refused = new Set<ChannelName>()
      const inRound = new Map<ChannelName, number>()
      for (const outcome of sequence) {
        at = { ...at, tries: at.tries + 1 }
        expect(refused).not.toContain(at.channel)
        inRound.set(at.channel, (inRound.get(at.channel) ?? 0) + 1)
        expect(inRound.get(at.channel)).toBeLessThanOrEqual(count + 1)
        if (outcome === 'refused') refused.add(at.channel)
        const step = stepAfter({ outcome }, at, { ...retries, count }, now)
        if (step.do === 'done' || step.do === 'give-up') {
          expect(outcome === 'accepted').toBe(step.do === 'done')
          if (step.do === 'give-up') expect(refused.size).toBe(fallback.length + 1)
          return
        }
        if (step.do === 'rest') {
          // Whoever has not refused has had all its tries.
          for (const way of [first as ChannelName, ...fallback])
            if (!refused.has(way)) expect(inRound.get(way)).toBe(count + 1)
          inRound.clear()
        }
        at = step.course
        if (step.do !== 'fall-back') {
          expect(step.at).toBeGreaterThan(now)
          now = step.at
        }
      }
    }),
  )
})

it('begins with the first way that reaches the recipient', () => {
  expect(courseOf('sms', ['voice', 'push', 'sms'], (way) => way !== 'sms')).toMatchObject({
    channel: 'voice',
    next: ['push'],
  })
  expect(courseOf('sms', ['voice'], () => false)).toBeNull()
})

it('leaves a channel without budget for the next, and comes back to it', () => {
  expect(leave(course(), true, retries, 0)).toMatchObject({
    do: 'fall-back',
    course: { channel: 'push', out: ['sms'] },
  })
})
