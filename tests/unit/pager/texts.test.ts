// Every text exists in every language, takes what it is given, and says the sentences that were asked for.

import { expect, it } from 'vitest'
import type { Content } from '../../../alertmanager/pager/decide/group.ts'
import { texts } from '../../../alertmanager/pager/texts/catalogue.ts'
import {
  heartbeatLost,
  ownAlerts,
  type Page,
  pageText,
  testPage,
} from '../../../alertmanager/pager/texts/page.ts'
import { type Locale, locales, noticeKinds } from '../../../alertmanager/pager/words.ts'
import { alerts } from '../../../prometheus/src/groups/index.ts'

it('has texts of its own for alerts that there are', () => {
  const names = alerts.map(({ name }) => name)
  expect(ownAlerts.filter((alert) => !names.includes(alert))).toEqual([heartbeatLost, testPage])
})

const content: Content = {
  alert: 'ConnectionLost',
  account: 'uae-1',
  where: 'uae-1',
  count: 1,
  summary: 'A summary.',
  action: 'linda status',
  runbook: 'https://example.com/r.md',
}
const page = (more: Partial<Content> = {}, kind: Page['kind'] = 'firing'): Page => ({
  kind,
  content: { ...content, ...more },
  nextUpdateMs: 600_000,
})
const answers = { link: 'https://p.example/a/x.y', reply: '4711' }

it('says what was asked for, in English', () => {
  expect(pageText('en', page(), answers)).toEqual({
    title: 'Linda: ConnectionLost',
    headline:
      'Linda Bot Alert: QR disconnection detected on uae-1. Auto-attempting reconnection. Next update in 10 min.',
    action: 'Action: linda status',
    runbook: 'Runbook: https://example.com/r.md',
    answer: 'Reply 4711 to acknowledge.\nAcknowledge: https://p.example/a/x.y',
  })
  const failed = pageText('en', page({ alert: 'QrRegenerationFailed' }), answers)
  expect(`${failed.headline} ${failed.action}`).toContain(
    'QR Regeneration failed for uae-1. Action: linda status',
  )
})

it.each([
  ['one account', { alert: 'Other' }, 'Linda Bot Alert: Other on uae-1. A summary.'],
  [
    'several accounts',
    { alert: 'Other', account: null, where: null, count: 30 },
    'Linda Bot Alert: Other on 30 alerts. A summary.',
  ],
  [
    'no account',
    { alert: 'Other', account: null, where: null },
    'Linda Bot Alert: Other on the fleet. A summary.',
  ],
  [
    'a pool',
    { alert: 'PoolDown', account: null, where: 'sales' },
    'Linda Bot Alert: PoolDown on sales. A summary.',
  ],
  [
    'an agent',
    { alert: 'AgentDown', account: null, where: 'node-7:9464' },
    'Linda Bot Alert: an agent does not answer (node-7:9464); nobody watches its accounts.',
  ],
  ['no summary', { alert: 'Other', summary: '' }, 'Linda Bot Alert: Other on uae-1.'],
  [
    'what looks like a pattern',
    { alert: 'Other', summary: "{where} <b>'x'" },
    "Linda Bot Alert: Other on uae-1. {where} <b>'x'",
  ],
])('names %s', (_, more, headline) => {
  expect(pageText('en', page(more), answers).headline).toBe(headline)
})

const alphabets: Readonly<Record<Locale, RegExp>> = {
  en: /alert/i,
  ar: /[\u0600-\u06ff]/,
  es: /alerta/i,
  pt: /alerta/i,
  hi: /[\u0900-\u097f]/,
  id: /peringatan/i,
}

it.each(locales)(
  'is said in %s, of every alert and every kind, with the account, the action and both answers',
  (locale) => {
    for (const alert of [...ownAlerts, 'Other'])
      for (const kind of noticeKinds) {
        const told = pageText(locale, page({ alert }, kind), answers)
        expect(told.headline).toMatch(kind === 'resolved' ? new RegExp(alert) : alphabets[locale])
        expect(Object.values(told).join(' ')).not.toMatch(/[{}]|undefined/)
        if (kind === 'resolved') expect(told).toMatchObject({ action: null, runbook: null, answer: null })
        else {
          expect(told.action).toContain('linda status')
          expect(told.answer).toContain('4711')
          expect(told.answer).toContain(answers.link)
        }
      }
    for (const alert of ['ConnectionLost', 'QrRegenerationFailed', 'HealthDropped', 'AgentDown', 'Other'])
      expect(pageText(locale, page({ alert }), answers).headline).toContain('uae-1')
  },
)

it.each(locales.filter((locale) => locale !== 'en'))('%s is no English', (locale) => {
  const same = Object.entries(texts[locale]).filter(
    ([key, text]) => text === texts.en[key as keyof typeof texts.en],
  )
  expect(same.map(([key]) => key)).toEqual(['title'])
})
