// Everything between a rule and a telephone, for real: Prometheus, Alertmanager and the pager as processes; Slack, mail, Twilio and Firebase on loopback.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { renderAlertmanager } from '../../alertmanager/src/render.ts'
import { shipped, type Times } from '../../alertmanager/src/routes.ts'
import { settings } from '../../alertmanager/src/settings.ts'
import type { Alert } from '../../prometheus/src/alert.ts'
import { files } from '../../prometheus/src/groups/index.ts'
import { secondsOf } from '../../prometheus/src/promql.ts'
import { renderRules } from '../../prometheus/src/render/rules.ts'
import { type Alertmanager, startAlertmanager } from './alertmanager.ts'
import { type Inboxes, openInboxes } from './inboxes.ts'
import { apiToken, type PagerProcess, runPager, writePagerConfig } from './pager-process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { type Fcm, startFcm } from './providers/fcm.ts'
import { startTwilio, type Twilio } from './providers/twilio.ts'
import { freePort } from './server-process.ts'

/** Who is on call: all three, all the time. */
export const recipients = {
  alice: {
    phone: '+971505550001',
    locale: 'en',
    time_zone: 'Asia/Dubai',
    fcm_token: 'device-token-of-alice'.padEnd(32, '0'),
  },
  bob: {
    phone: '+971505550002',
    locale: 'en',
    time_zone: 'Asia/Dubai',
    fcm_token: 'device-token-of-bob'.padEnd(32, '0'),
  },
  carol: {
    phone: '+971505550003',
    locale: 'en',
    time_zone: 'Asia/Dubai',
    fcm_token: 'device-token-of-carol'.padEnd(32, '0'),
  },
} as const
const everybody = Object.keys(recipients)
export const phones = Object.values(recipients).map(({ phone }) => phone)

export interface StageOptions {
  /** `shipped` times, or quick ones, in which a minute of every `for` is a second. */
  pace: 'shipped' | 'quick'
  /** Instead of a second. */
  minuteMs?: number
  /** Of the agents' metrics listeners, `host:port`; without them there is no Prometheus. */
  agents?: readonly string[]
}

export interface PagingStage {
  inboxes: Inboxes
  twilio: Twilio
  fcm: Fcm
  prometheus: Prometheus | null
  alertmanager(): Alertmanager
  /** What the pager counts, by metric and labels as they stand in /metrics. */
  counted(name: string): Promise<number>
  pager(): PagerProcess
  /** SIGKILL at once; `startPager` starts it again on the same files and ports. */
  killPager(): void
  startPager(): Promise<void>
  /** SIGTERM, and another one without any memory in its place. */
  replaceAlertmanager(): Promise<void>
  close(): Promise<void>
}

const quickTimes: Times = {
  wait: '0s',
  interval: '1s',
  cooldownOf: shipped.cooldownOf,
  beat: { interval: '1s', repeat: '900ms' },
}

/** Not below a second, which is how often rules are evaluated. Prometheus takes five seconds until it hands out its first targets: until then an agent really is absent. */
const quickFor =
  (minuteMs: number) =>
  ({ name, for: holds }: Alert): string | undefined => {
    if (name === 'AgentAbsent' || holds === undefined) return holds && '15s'
    return `${Math.max(1, Math.round((secondsOf(holds) * minuteMs) / 60_000))}s`
  }

export async function openPagingStage({
  pace,
  agents,
  minuteMs = 1_000,
}: StageOptions): Promise<PagingStage> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-paging-'))
  const closing: (() => Promise<unknown> | unknown)[] = [
    () => rmSync(directory, { recursive: true, force: true }),
  ]
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    const inboxes = await openInboxes()
    closing.push(() => inboxes.close())
    const twilio = await startTwilio()
    closing.push(() => twilio.close())
    const fcm = await startFcm()
    closing.push(() => fcm.close())

    const [api, metrics, own] = [await freePort(), await freePort(), await freePort()]
    writePagerConfig(directory, { twilio, fcm }, pagerSections(pace, api, metrics))
    let pager = runPager(['run'], directory)
    closing.push(async () => {
      pager.child.kill('SIGTERM')
      await pager.ended
    })
    await pager.listening()

    const startOwn = (): Promise<Alertmanager> =>
      startAlertmanager(
        (secrets) =>
          renderAlertmanager({
            times: pace === 'quick' ? quickTimes : shipped,
            settings: {
              ...settings,
              secrets,
              email: { ...settings.email, smarthost: inboxes.smarthost, username: null, require_tls: false },
              pager: { url: `http://127.0.0.1:${api}` },
            },
          }),
        { secrets: { 'slack.url': inboxes.slackUrl, 'pager.token': apiToken }, port: own },
      )
    let alertmanager = await startOwn()
    closing.push(() => alertmanager.close())

    const prometheus = agents
      ? await startPrometheus(
          prometheusConfig(
            { pace, minuteMs },
            directory,
            agents,
            [`127.0.0.1:${metrics}`],
            [`127.0.0.1:${own}`],
          ),
          pace === 'quick' ? ['--rules.alert.resend-delay=1s'] : [],
        )
      : null
    if (prometheus) closing.push(() => prometheus.close())

    return {
      inboxes,
      twilio,
      fcm,
      prometheus,
      alertmanager: () => alertmanager,
      pager: () => pager,
      async counted(name) {
        const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
        const lines = text.split('\n').filter((line) => line.startsWith(name))
        return lines.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0)
      },
      killPager: () => void pager.child.kill('SIGKILL'),
      async startPager() {
        await pager.ended
        pager = runPager(['run'], directory)
        await pager.listening()
      },
      async replaceAlertmanager() {
        await alertmanager.close()
        alertmanager = await startOwn()
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function pagerSections(
  pace: StageOptions['pace'],
  api: number,
  metrics: number,
): Record<string, Record<string, unknown>> {
  const all = { recipients: everybody }
  return {
    api: { listen: `127.0.0.1:${api}` },
    metrics: { listen: `127.0.0.1:${metrics}` },
    // What is counted here is what arrives, not what is saved.
    budgets: {
      sms: 10_000,
      voice: 10_000,
      push: 10_000,
      recipient_sms: 5_000,
      recipient_voice: 5_000,
      recipient_push: 5_000,
    },
    ...(pace === 'quick' ? { heartbeat: { late_after: '10s' } } : {}),
    recipients,
    receivers: {
      default: { channels: ['sms'], fallback: ['push'], ...all },
      sms: { channels: ['sms'], fallback: ['push'], ...all },
      voice: { channels: ['voice'], fallback: ['sms'], ...all },
      push: { channels: ['push'], fallback: ['sms'], ...all },
    },
  }
}

/** The shipped file with other addresses; `quick` has other times, too. */
function prometheusConfig(
  { pace, minuteMs }: { pace: StageOptions['pace']; minuteMs: number },
  directory: string,
  agents: readonly string[],
  pagers: readonly string[],
  alertmanagers: readonly string[],
): Record<string, unknown> {
  const root = join(import.meta.dirname, '../..')
  const config = parse(readFileSync(join(root, 'prometheus/prometheus.yml'), 'utf8')) as {
    scrape_configs: Record<string, unknown>[]
  } & Record<string, unknown>
  const targets: Record<string, readonly string[]> = { linda: agents, 'linda-pager': pagers }
  const scrape_configs = config.scrape_configs.flatMap(({ file_sd_configs, static_configs, ...rest }) => {
    const own = targets[String(rest.job_name)]
    const quick = pace === 'quick' ? { scrape_interval: '1s', scrape_timeout: '1s' } : {}
    return own ? [{ ...rest, ...quick, static_configs: [{ targets: own }] }] : []
  })
  let rule_files = [join(root, 'prometheus/rules/*.yml')]
  if (pace === 'quick') {
    for (const [name, groups] of Object.entries(files))
      writeFileSync(
        join(directory, `${name}.rules.yml`),
        renderRules(groups, { forOf: quickFor(minuteMs), interval: '1s' }),
      )
    rule_files = [join(directory, '*.rules.yml')]
  }
  return {
    ...config,
    rule_files,
    scrape_configs,
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
  }
}
