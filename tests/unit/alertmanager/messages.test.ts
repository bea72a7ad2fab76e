// What a real Alertmanager makes of the shipped rules and templates: who is hushed by whom, and what Slack and a mailbox get to read.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inhibitions } from '../../../alertmanager/src/inhibitions.ts'
import { renderAlertmanager } from '../../../alertmanager/src/render.ts'
import { shipped } from '../../../alertmanager/src/routes.ts'
import { settings } from '../../../alertmanager/src/settings.ts'
import { alerts } from '../../../prometheus/src/groups/index.ts'
import { alertOf, posted } from '../../harness/alert-samples.ts'
import {
  type Alertmanager,
  hasAlertmanager,
  type Posted,
  startAlertmanager,
} from '../../harness/alertmanager.ts'
import { type Inboxes, type Mail, openInboxes, type SlackPost } from '../../harness/inboxes.ts'
import { freePort } from '../../harness/server-process.ts'
import { until } from '../../harness/until.ts'

describe.skipIf(!hasAlertmanager)('Alertmanager', () => {
  let alertmanager: Alertmanager
  let inboxes: Inboxes
  beforeAll(async () => {
    inboxes = await openInboxes()
    // Nobody listens there: this is about Slack and mails.
    const pager = { url: `http://127.0.0.1:${await freePort()}` }
    const email = { ...settings.email, smarthost: inboxes.smarthost, username: null, require_tls: false }
    // Long enough for thirty alerts of one request to be taken in.
    const times = { ...shipped, wait: '1s', interval: '1s' }
    alertmanager = await startAlertmanager(
      (secrets) => renderAlertmanager({ settings: { ...settings, secrets, email, pager }, times }),
      { secrets: { 'slack.url': inboxes.slackUrl, 'pager.token': 'none' } },
    )
  })
  afterAll(async () => {
    await alertmanager?.close()
    await inboxes?.close()
  })

  const slackOf = (job: string): SlackPost[] => inboxes.slack.filter(({ text }) => text.includes(job))
  const mailOf = (job: string): Mail[] => inboxes.mails.filter(({ text }) => text.includes(job))
  /** Labels that are ours and a text to find the message by. */
  const own = (instance: string, more: Record<string, string> = {}): Posted =>
    posted(alertOf('SessionLoggedOut'), { job: instance, instance, ...more })

  it('hushes what the rules say, and nothing of another account, agent or pool', async () => {
    const pairs = inhibitions.flatMap(({ source, sourceSeverity, target, targetSeverity, equal }) =>
      source.flatMap((from) => target.map((to) => ({ from, sourceSeverity, to, targetSeverity, equal }))),
    )
    const find = (name: string, severity?: string) => {
      const found = alerts.findLast(
        (each) => each.name === name && each.severity === (severity ?? each.severity),
      )
      if (!found) throw new Error(`no ${name} that is ${severity}`)
      return found
    }
    // Each pair has a job of its own; beside the target stands one that differs in the last of the labels that are compared.
    const cases = pairs.map(({ from, sourceSeverity, to, targetSeverity, equal }, n) => {
      const job = `pair-${n}`
      const differing = equal.at(-1) as string
      const source = posted(find(from, sourceSeverity), { job })
      const target = posted(find(to, targetSeverity), { job })
      const other = posted(find(to, targetSeverity), { job, [differing]: `other-${n}` })
      return { what: `${from} and ${to}`, source, target, other }
    })
    await alertmanager.post(cases.flatMap(({ source, target, other }) => [source, target, other]))
    const seen = await alertmanager.alerts()
    const hushed = ({ labels }: Posted): boolean | undefined => {
      const same = seen.find(
        (each) =>
          Object.keys(each.labels).length === Object.keys(labels).length &&
          Object.entries(labels).every(([label, value]) => each.labels[label] === value),
      )
      return same && same.status.inhibitedBy.length > 0
    }
    for (const { what, source, target, other } of cases) {
      expect(hushed(target), `${what}: the target`).toBe(true)
      expect(hushed(source), `${what}: the source`).toBe(false)
      expect(hushed(other), `${what}: another one`).toBe(false)
    }
  })

  it('hushes the lower tier of the same alert, and of no other account', async () => {
    const lost = (tier: string, account: string) =>
      posted(alertOf('ConnectionLost', tier), { job: 'tiers', account })
    await alertmanager.post([lost('1', 'p1'), lost('2', 'p1'), lost('3', 'p1'), lost('1', 'p2')])
    const seen = (await alertmanager.alerts()).filter(({ labels }) => labels.job === 'tiers')
    const hushed = seen.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels)
    expect(hushed.map(({ account, tier }) => `${account} ${tier}`).sort()).toEqual(['p1 1', 'p1 2'])
  })

  it('tells of an account: who, what, what to do, since when, and where to look', async () => {
    const startsAt = new Date('2026-11-21T18:00:00Z').toISOString()
    const alert = { ...posted(alertOf('ConnectionLost', '1'), { job: 'one', instance: 'one' }), startsAt }
    await alertmanager.post([alert])
    const [slack] = await until(
      'a post',
      () => slackOf('one is not up').length > 0 && slackOf('one is not up'),
    )
    const [mail] = await until('a mail', () => mailOf('one is not up').length > 0 && mailOf('one is not up'))
    expect(slack).toMatchObject({
      channel: '#linda-alerts',
      title: '[WARNING] ConnectionLost: account p1',
      fallback: '[WARNING] ConnectionLost: account p1',
      titleLink: 'https://linda.example.com/docs/runbooks/ConnectionLost.md',
      color: 'warning',
    })
    const lines = slack?.text.split('\n') ?? []
    expect(lines.slice(0, 2)).toEqual([
      '*account p1*',
      '*Issue:* A linked account has no connection to WhatsApp. Account p1 on one is not up: 0.',
    ])
    expect(lines[2]).toMatch(/^\*Action:\* It is dialled again without you; .* linda failover --from p1$/)
    expect(lines[3]).toBe('*Status:* warning, tier 1, since 2026-11-21 18:00:00 UTC')
    const filter = encodeURIComponent('{account="p1",alertname="ConnectionLost",job="one",pool="sales"}')
    const silence = `${alertmanager.url}/#/silences/new?filter=`
    expect(lines[4]).toContain('<https://linda.example.com/docs/runbooks/ConnectionLost.md|Runbook>')
    expect(lines[4]).toContain('<https://grafana.example.com/d/linda-account?var-account=p1|Dashboard>')
    const [, link = ''] = /<([^|]*)\|Silence>/.exec(lines[4] ?? '') ?? []
    const sorted = (text: string) => text.split(/%7B|%2C|%7D/).sort()
    expect(link.startsWith(silence)).toBe(true)
    expect(sorted(link.slice(silence.length))).toEqual(sorted(filter))
    expect(mail?.to).toEqual(['sre@example.com'])
    expect(mail?.subject).toBe('[WARNING] ConnectionLost: account p1')
    for (const said of [
      'account p1',
      'is not up: 0.',
      'linda failover --from p1',
      'since 2026-11-21 18:00:00 UTC',
    ])
      expect(mail?.text).toContain(said)
    expect(mail?.html).toContain(
      '<a href="https://linda.example.com/docs/runbooks/ConnectionLost.md">Runbook</a>',
    )
    expect(mail?.html).toContain(`<a href="${link}">Silence</a>`)
  })

  it('tells of thirty accounts in one message, ten of them in full and all by name', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `many-${n}`)
    await alertmanager.post(ids.map((account) => own('many', { account })))
    const slack = await until('a post', () => inboxes.slack.find(({ text }) => text.includes('many-')))
    const mail = await until('a mail', () => inboxes.mails.find(({ text }) => text.includes('many-')))
    expect(slack.title).toBe('[CRITICAL] SessionLoggedOut: 30 accounts')
    expect(mail.subject).toBe(slack.title)
    expect(slack.text.match(/\*Issue:\*/g)).toHaveLength(10)
    expect(mail.html.match(/<table/g)).toHaveLength(25)
    for (const text of [slack.text, mail.text, mail.html])
      for (const id of ids) expect(text).toMatch(new RegExp(`\\b${id}\\b`))
    // Slack folds longer ones and cuts them at 40,000.
    expect(slack.text.length).toBeLessThan(12_000)
    const posts = inboxes.slack.filter(({ text }) => text.includes('many-'))
    expect(posts).toHaveLength(1)
  })

  it('tells that it is over, and how long ago', async () => {
    await alertmanager.post([own('over')])
    await until('told', () => slackOf('on over').length > 0 && mailOf('on over').length > 0)
    const endsAt = new Date(Date.now() - 1_000).toISOString()
    await alertmanager.post([{ ...own('over'), endsAt }])
    const said = `${endsAt.slice(0, 19).replace('T', ' ')} UTC`
    const slack = await until('a post', () =>
      slackOf(said).find(({ title }) => title.startsWith('[RESOLVED')),
    )
    expect(slack).toMatchObject({ title: '[RESOLVED] SessionLoggedOut: account p1', color: 'good' })
    expect(slack.text).toBe(`*Over:* p1 (${said})`)
    const mail = await until('a mail', () =>
      mailOf(said).find(({ subject }) => subject.startsWith('[RESOLVED')),
    )
    expect(mail.subject).toBe('[RESOLVED] SessionLoggedOut: account p1')
    expect(mail.html).toContain(`p1 (${said})`)
  })

  it('leaves out what is missing, of an alert that is not ours', async () => {
    await alertmanager.post([
      { labels: { alertname: 'Bare' } },
      { labels: { alertname: 'Disk', severity: 'critical' } },
    ])
    const bare = await until('a post', () => inboxes.slack.find(({ title }) => title.includes('Bare')))
    expect(bare.title).toBe('[ALERT] Bare')
    expect(bare.titleLink).toBe(`${alertmanager.url}/#/alerts`)
    expect(bare.text.split('\n').slice(0, 2)).toEqual([
      '*Issue:* Bare',
      expect.stringMatching(/^\*Status:\* alert, since /),
    ])
    expect(bare.text).not.toMatch(/no value|Runbook|Action|\*\*/)
    const disk = await until('a mail', () => inboxes.mails.find(({ subject }) => subject.includes('Disk')))
    expect(disk.subject).toBe('[CRITICAL] Disk')
    expect(disk.html).not.toMatch(/no value|Runbook|Action|<th[^>]*>For/)
  })

  it('writes out markup of hostile labels and annotations', async () => {
    const evil = '<img src=x onerror=alert(1)>&"\' <!channel> <https://evil.example|click>'
    const labels = {
      alertname: 'Hostile',
      severity: 'critical',
      job: evil,
      instance: 'h\r\nBcc: x@evil.example',
    }
    const annotations = {
      summary: evil,
      description: 'حساب',
      action: evil,
      runbook_url: 'javascript:alert(1)',
      dashboard_url: 'https://grafana.example.com/|x><!channel>',
    }
    await alertmanager.post([{ labels, annotations }])
    const slack = await until('a post', () => inboxes.slack.find(({ title }) => title.includes('Hostile')))
    for (const text of [slack.title, slack.fallback, slack.text]) {
      expect(text).not.toMatch(/<img|<!channel>|<https:\/\/evil/)
      if (text !== slack.text) expect(text).not.toContain('<')
    }
    expect(slack.text).toContain('&lt;img src=x onerror=alert(1)&gt;&amp;')
    // Nothing but our own links is a link.
    expect([...slack.text.matchAll(/<([^>]*)>/g)].map(([, link = '']) => link.split('|').at(-1))).toEqual([
      'Runbook',
      'Dashboard',
      'Silence',
    ])
    const mail = await until('a mail', () => inboxes.mails.find(({ subject }) => subject.includes('Hostile')))
    expect(mail.to).toEqual(['sre@example.com'])
    expect(mail.html).not.toMatch(/<img|href="javascript:|<!channel>/)
    expect(mail.html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(mail.html).toContain('حساب')
  })

  it('says nothing beyond letters, and no phone number', () => {
    for (const { title, text } of inboxes.slack.filter((post) => !post.title.includes('Hostile')))
      expect(title + text).toMatch(/^[\x20-\x7e\n]*$/)
    expect(alertmanager.printed()).not.toMatch(/template/)
  })
})
