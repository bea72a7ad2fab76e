// From a fault to a telephone: what happens to an account reaches Slack, mail, SMS and a call in the order and at the time that the policy says.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasAlertmanager } from '../harness/alertmanager.ts'
import { openPagingStage, type PagingStage, phones } from '../harness/paging-stage.ts'
import { hasPrometheus } from '../harness/prometheus.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

describe.skipIf(!hasPrometheus || !hasAlertmanager)('paging', () => {
  let scene: Scene
  let stage: PagingStage
  /** Somebody looks at the codes of n1 from the beginning on. */
  let looking: NodeJS.Timeout | undefined
  beforeAll(async () => {
    scene = await openScene({
      paired: 4,
      unpaired: 1,
      settings: { codeLifeMs: 700 },
      simulator: { refFirstMs: 700, refNextMs: 700 },
      config: { pairing: { regenerations: 1, base: '2500ms', min: '1s', max: '4s' } },
    })
    const up = (id: string) => scene.context.fleet.find(id)?.session.snapshot.up === true
    await until('all that are linked are up', () => ['p1', 'p2', 'p3', 'p4'].every(up))
    stage = await openPagingStage({
      pace: 'quick',
      minuteMs: 400,
      agents: [new URL(scene.agent.metricsUrl).host],
    })
    await until(
      'the heartbeat is heard',
      async () => (await stage.counted('pager_heartbeat_timestamp_seconds')) > 0,
      30_000,
    )
  }, 90_000)
  afterAll(async () => {
    clearInterval(looking)
    await stage?.close()
    await scene?.close()
  })

  const sent = (kind: 'sms' | 'voice', what: RegExp) =>
    stage.twilio.taken.filter((each) => each.kind === kind && what.test(each.text))
  const posts = (what: RegExp) =>
    stage.inboxes.slack.filter(({ title, text }) => what.test(`${title}\n${text}`))
  const mails = (what: RegExp) =>
    stage.inboxes.mails.filter(({ subject, text }) => what.test(`${subject}\n${text}`))

  it('a lost connection: e-mail and Slack at once, an SMS later, a call at last', async () => {
    looking = setInterval(() => scene.context.fleet.find('n1')?.session.viewCode(), 50)
    const account = scene.phones.get('p1') as string
    await scene.simulator.client.fault({ account, fault: { kind: 'no-success' } })
    await scene.simulator.client.fault({ account, fault: { kind: 'reset' } })
    const lost = /ConnectionLost[\s\S]*\bp1\b/
    const [post, mail] = await Promise.all([
      until('Slack', () => posts(lost)[0], 20_000),
      until('a mail', () => mails(lost)[0], 20_000),
    ])
    expect(post.title).toBe('[WARNING] ConnectionLost: account p1')
    expect(mail.to).toEqual(['sre@example.com'])
    expect(sent('sms', /\bp1\b/)).toEqual([])
    await until('an SMS to each', () => sent('sms', /\bp1\b/).length === phones.length, 20_000)
    expect(sent('voice', /p1/)).toEqual([])
    await until('a call to each', () => sent('voice', /p1/).length === phones.length, 30_000)
    // Each of the three once: the tiers are one page.
    expect(
      sent('sms', /\bp1\b/)
        .map(({ to }) => to)
        .sort(),
    ).toEqual([...phones].sort())
    await until('Slack says that it is worse', () => posts(/tier 3/)[0])
  }, 90_000)

  it('codes that were shown in vain: an SMS and Slack, and no mail', async () => {
    await until('an SMS to each', () => sent('sms', /\bn1\b/).length === phones.length, 40_000)
    await until('Slack', () => posts(/QrRegenerationFailed[\s\S]*\bn1\b/)[0])
    expect(mails(/QrRegenerationFailed/)).toEqual([])
  }, 60_000)

  it('an agent that is gone: SMS, push, mail and Slack, and nothing more about its accounts', async () => {
    const before = stage.inboxes.slack.length
    clearInterval(looking)
    await scene.agent.stop('test')
    await until(
      'an SMS to each',
      () => sent('sms', /AgentDown|does not answer/).length === phones.length,
      20_000,
    )
    await until('a push message to each', () => stage.fcm.taken.length >= phones.length)
    await until('a mail', () => mails(/AgentDown/)[0])
    const after = stage.inboxes.slack.slice(before).filter(({ title }) => !title.includes('RESOLVED'))
    expect(new Set(after.map(({ title }) => title.split(': ')[0]))).toEqual(new Set(['[CRITICAL] AgentDown']))
    // Every receiver of Alertmanager is one that the pager knows.
    expect(await stage.counted('pager_mistakes_total')).toBe(0)
  }, 60_000)
})
