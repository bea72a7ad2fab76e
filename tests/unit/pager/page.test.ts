// What a group does to its page, as a table: quiet for as long as an alert stands that was acknowledged, until it gets worse, and never because a message got lost.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FiringAlert, Group } from '../../../alertmanager/pager/decide/group.ts'
import { judge, type KnownPage, kindOf, type Verdict } from '../../../alertmanager/pager/decide/page.ts'
import { groupsAfter, type KnownGroup, untaken } from '../../../alertmanager/pager/decide/standing.ts'
import { rankOf, type Severity, severities } from '../../../alertmanager/pager/words.ts'

const now = 1_000
const forgetMs = 500
const alert = (fingerprint: string, startsAt: number, severity: Severity = 'warning'): FiringAlert => ({
  fingerprint,
  startsAt,
  severity,
})

/** A webhook. */
function heard(firing: FiringAlert[], more: Partial<Group> = {}): Group {
  return {
    key: 'g1',
    page: 'p',
    severity: firing[0]?.severity ?? 'warning',
    content: { alert: 'A', account: null, where: null, count: 1, summary: '', action: '', runbook: null },
    firing,
    resolved: [],
    truncated: false,
    startedAt: 10,
    oddSeverity: false,
    ...more,
  }
}
const over = (fingerprint: string, startsAt: number, key = 'g1'): Group =>
  heard([], { key, resolved: [{ fingerprint, startsAt }] })

function known(key: string, alerts: FiringAlert[], more: Partial<KnownGroup> & { taken?: boolean } = {}) {
  const { taken = false, heardAt = 900, ...rest } = more
  return {
    key,
    alerts: alerts.map((each) => ({ ...each, heardAt, taken })),
    truncated: false,
    heardAt,
    forgetMs,
    ...rest,
  }
}
const a = alert('a', 10)
const grave = alert('b', 20, 'critical')

function page(groups = [known('g1', [a])], more: Partial<KnownPage> = {}): KnownPage {
  return { level: 'warning', acknowledged: false, heardAt: 900, groups, ...more }
}
/** Acknowledged when these were known. */
const taken = (...groups: KnownGroup[]): KnownPage =>
  page(
    (groups.length > 0 ? groups : [known('g1', [a])]).map((group) => ({
      ...group,
      alerts: group.alerts.map((each) => ({ ...each, taken: true })),
    })),
    {
      acknowledged: true,
      level: groups.some(({ alerts }) => alerts.some(({ severity }) => severity === 'critical'))
        ? 'critical'
        : 'warning',
    },
  )

function verdictOf(before: KnownPage | null, group: Group): Verdict {
  return judge(before, group, groupsAfter(before?.groups ?? [], group, forgetMs, now), now)
}

it.each<[string, KnownPage | null, Group, Verdict]>([
  ['the first alert', null, heard([a]), { do: 'open', ended: null }],
  ['the end of what is unknown', null, over('a', 10), { do: 'ignore' }],
  ['the same again', page(), heard([a]), { do: 'tell', level: 'warning' }],
  ['the same, acknowledged', taken(), heard([a]), { do: 'note', level: 'warning' }],
  [
    'the same, which another Prometheus saw earlier',
    taken(),
    heard([alert('a', 9)]),
    { do: 'note', level: 'warning' },
  ],
  ['a higher severity', page(), heard([alert('a', 10, 'critical')]), { do: 'worse', level: 'critical' }],
  [
    'a higher severity, acknowledged',
    taken(),
    heard([grave], { key: 'g2' }),
    { do: 'worse', level: 'critical' },
  ],
  [
    'a later tier of the same severity, acknowledged',
    taken(known('g2', [grave])),
    heard([alert('c', 950, 'critical')], { key: 'g3' }),
    { do: 'note', level: 'critical' },
  ],
  [
    'a lower severity, acknowledged: higher is worse again',
    { ...taken(), level: 'critical' },
    heard([a]),
    { do: 'note', level: 'warning' },
  ],
  ['the end', page(), over('a', 10), { do: 'end' }],
  [
    'the end of one of two',
    page([known('g1', [a]), known('g2', [grave])]),
    over('a', 10),
    { do: 'note', level: 'warning' },
  ],
  // Each critical alert comes by a group for SMS and one for push.
  [
    'the end of an alert of two groups',
    page([known('g1', [a]), known('g2', [a])]),
    over('a', 10),
    { do: 'end' },
  ],
  ['an end by a group with another key', taken(), over('a', 10, 'after a reload'), { do: 'end' }],
  [
    'a late end of an earlier occurrence',
    page([known('g1', [a]), known('g2', [alert('c', 600)])]),
    over('c', 300),
    { do: 'note', level: 'warning' },
  ],
  [
    'nothing heard for too long',
    taken(known('g1', [a], { heardAt: 400 })),
    heard([a]),
    { do: 'open', ended: 'forgotten' },
  ],
  [
    'the same alert once more, in one of its groups: the end of both got lost',
    taken(known('g1', [a]), known('g2', [a])),
    heard([alert('a', 950)]),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'the same alert once more, under another key',
    taken(),
    heard([alert('a', 950)], { key: 'after a reload' }),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'other alerts, begun after the last word',
    taken(),
    heard([alert('c', 950)]),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'other alerts, begun after the last word, not acknowledged',
    page(),
    heard([alert('c', 950)]),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'other alerts, begun before the last word, not acknowledged',
    page(),
    heard([alert('c', 890)]),
    { do: 'tell', level: 'warning' },
  ],
  [
    'other alerts for those that were acknowledged',
    taken(),
    heard([alert('c', 890)]),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'one more alert beside the known one',
    taken(),
    heard([a, alert('c', 950)]),
    { do: 'note', level: 'warning' },
  ],
  [
    'what joined an acknowledged page and is left alone of it',
    { ...taken(), groups: [known('g2', [alert('c', 500)])] },
    heard([alert('c', 500)], { key: 'g2' }),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'what joined an acknowledged page, and of the others nothing is heard any more',
    { ...taken(), groups: [known('g1', [a], { taken: true, heardAt: 400 }), known('g2', [alert('c', 500)])] },
    heard([alert('c', 500)], { key: 'g2' }),
    { do: 'open', ended: 'recurred' },
  ],
  // max_alerts: what is not named may still fire.
  [
    'the end of all that it names',
    page(),
    { ...over('a', 10), truncated: true },
    { do: 'note', level: 'warning' },
  ],
  [
    'the end of all, after one that named not all',
    page([known('g1', [], { truncated: true })]),
    over('c', 5),
    { do: 'end' },
  ],
  [
    'others, and the one that was acknowledged is not named',
    taken(),
    heard([alert('c', 950)], { truncated: true }),
    { do: 'note', level: 'warning' },
  ],
])('%s', (_, before, group, verdict) => {
  expect(verdictOf(before, group)).toEqual(verdict)
})

it('tells of every higher severity, acknowledged or not, and of no other when acknowledged', () => {
  const severity = fc.constantFrom(...severities)
  fc.assert(
    fc.property(severity, severity, fc.boolean(), (level, came, acknowledged) => {
      const verdict = verdictOf({ ...taken(), level, acknowledged }, heard([alert('a', 10, came)]))
      const higher = rankOf(came) > rankOf(level)
      expect(verdict.do).toBe(higher ? 'worse' : acknowledged ? 'note' : 'tell')
    }),
  )
})

it('never keeps an acknowledgement alive for longer than what was acknowledged is heard of', () => {
  // Webhooks of two groups, of which any may get lost; the alert that was acknowledged is `a` that began at 10.
  const message = fc.record({
    key: fc.constantFrom('g1', 'g2'),
    pauseMs: fc.integer({ min: 1, max: 400 }),
    firing: fc.array(fc.record({ name: fc.constantFrom('a', 'c', 'd'), again: fc.boolean() }), {
      maxLength: 3,
    }),
    truncated: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      let at = 900
      let heardOfIt = 900
      const began: Record<string, number> = { a: 10, c: 20, d: 30 }
      let groups = taken().groups
      for (const { key, pauseMs, firing, truncated } of messages) {
        at += pauseMs
        for (const { name, again } of firing) if (again) began[name] = at
        const names = [...new Set(firing.map(({ name }) => name))]
        const group = heard(
          names.map((name) => alert(name, began[name] as number)),
          { key, truncated },
        )
        const before = { ...taken(), groups, heardAt: at - pauseMs }
        const after = groupsAfter(groups, group, forgetMs, at)
        const verdict = judge(before, group, after, at)
        if (names.includes('a') && began.a === 10) heardOfIt = at
        if (names.length > 0 && verdict.do === 'note') expect(at - heardOfIt).toBeLessThanOrEqual(forgetMs)
        if (names.includes('a') && began.a !== 10) expect(verdict.do).toBe('open')
        if (verdict.do === 'open' || verdict.do === 'end') return
        groups = after
      }
    }),
  )
})

it('knows that a group has more alerts than it keeps', () => {
  const many = Array.from({ length: 10_001 }, (_, n) => alert(`a${n}`, 10))
  const [group] = groupsAfter([], heard(many), forgetMs, now)
  expect(group).toMatchObject({ truncated: true })
  expect(group?.alerts).toHaveLength(10_000)
})

it('keeps for the next page what stands of the one before, and nobody has that one', () => {
  const standing = groupsAfter([known('g2', [alert('c', 500)], { taken: true })], heard([a]), forgetMs, now)
  expect(untaken(standing).flatMap(({ alerts }) => alerts)).toMatchObject([
    { fingerprint: 'c', taken: false },
    { fingerprint: 'a', taken: false },
  ])
})

it('calls it a repeat only where somebody was told', () => {
  expect(kindOf('open', true)).toBe('firing')
  expect(kindOf('tell', false)).toBe('firing')
  expect(kindOf('tell', true)).toBe('repeat')
  expect(kindOf('worse', false)).toBe('worse')
})
