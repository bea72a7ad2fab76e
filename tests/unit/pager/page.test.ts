// What a group does to its page, as a table: quiet while it is acknowledged, until it resolves or gets worse, and never because a message got lost.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Group } from '../../../alertmanager/pager/decide/group.ts'
import { judge, type KnownPage, kindOf } from '../../../alertmanager/pager/decide/page.ts'
import { rankOf, type Severity, severities } from '../../../alertmanager/pager/words.ts'

const at = (second: number): string => new Date(second * 1_000).toISOString()
const now = 1_000_000

function group(more: Partial<Group> = {}): Group {
  const content = { alert: 'A', account: null, count: 1, summary: '', action: '', runbook: null }
  return {
    key: 'g1',
    page: 'p',
    firing: true,
    severity: 'warning',
    content,
    occurrences: [`a@${at(10)}`],
    startedAt: 10_000,
    oddSeverity: false,
    ...more,
  }
}
function page(more: Partial<KnownPage> = {}): KnownPage {
  const known = {
    key: 'g1',
    firing: true,
    severity: 'warning',
    occurrences: [`a@${at(10)}`],
    heardAt: 900_000,
  } as const
  return {
    level: 'warning',
    acknowledged: false,
    heardAt: 900_000,
    forgetMs: 500_000,
    groups: [{ ...known, occurrences: [...known.occurrences] }],
    ...more,
  }
}
const other = (severity: Severity, firing = true) => ({
  key: 'g2',
  firing,
  severity,
  occurrences: [`b@${at(20)}`],
  heardAt: 900_000,
})

it.each<[string, KnownPage | null, Group, object]>([
  ['the first alert', null, group(), { do: 'open', ended: null }],
  ['the end of what is unknown', null, group({ firing: false }), { do: 'ignore' }],
  ['the same again', page(), group(), { do: 'tell', level: 'warning' }],
  ['the same, acknowledged', page({ acknowledged: true }), group(), { do: 'note', level: 'warning' }],
  ['a higher severity', page(), group({ severity: 'critical' }), { do: 'worse', level: 'critical' }],
  [
    'a higher severity, acknowledged',
    page({ acknowledged: true }),
    group({ severity: 'critical' }),
    { do: 'worse', level: 'critical' },
  ],
  [
    'a higher tier in a group of its own, acknowledged',
    page({ acknowledged: true }),
    group({ key: 'g2', severity: 'critical' }),
    { do: 'worse', level: 'critical' },
  ],
  [
    'a later tier of the same severity, acknowledged',
    page({ acknowledged: true, level: 'critical', groups: [other('critical')] }),
    group({ key: 'g3', severity: 'critical' }),
    { do: 'note', level: 'critical' },
  ],
  [
    'a lower severity, acknowledged: higher is worse again',
    page({ acknowledged: true, level: 'critical' }),
    group(),
    { do: 'note', level: 'warning' },
  ],
  ['the end', page(), group({ firing: false }), { do: 'end' }],
  [
    'the end of one of two',
    page({ groups: [...page().groups, other('critical')] }),
    group({ firing: false }),
    { do: 'note', level: 'warning' },
  ],
  [
    'the end of the last of two',
    page({ groups: [...page().groups, other('critical', false)] }),
    group({ firing: false }),
    { do: 'end' },
  ],
  [
    'nothing heard for too long',
    page({ heardAt: 400_000, acknowledged: true }),
    group(),
    { do: 'open', ended: 'forgotten' },
  ],
  [
    'other alerts, begun after the last word: the resolution was lost',
    page({ acknowledged: true }),
    group({ occurrences: [`c@${at(950)}`] }),
    { do: 'open', ended: 'recurred' },
  ],
  [
    'one more alert beside the known one',
    page({ acknowledged: true }),
    group({ occurrences: [`a@${at(10)}`, `c@${at(950)}`] }),
    { do: 'note', level: 'warning' },
  ],
  [
    'other alerts, begun before the last word',
    page({ acknowledged: true }),
    group({ occurrences: [`c@${at(890)}`] }),
    { do: 'note', level: 'warning' },
  ],
])('%s', (_, known, heard, verdict) => {
  expect(judge(known, heard, now)).toEqual(verdict)
})

it('tells of every higher severity, acknowledged or not, and of no other when acknowledged', () => {
  const severity = fc.constantFrom(...severities)
  fc.assert(
    fc.property(severity, severity, fc.boolean(), (level, came, acknowledged) => {
      const verdict = judge(page({ level, acknowledged }), group({ severity: came }), now)
      const higher = rankOf(came) > rankOf(level)
      expect(verdict.do).toBe(higher ? 'worse' : acknowledged ? 'note' : 'tell')
    }),
  )
})

it('calls it a repeat only where somebody was told', () => {
  expect(kindOf('open', true)).toBe('firing')
  expect(kindOf('tell', false)).toBe('firing')
  expect(kindOf('tell', true)).toBe('repeat')
  expect(kindOf('worse', false)).toBe('worse')
})
