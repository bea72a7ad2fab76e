// `linda-pager test NAME`: a page that says that it is a test, on the way that a real one takes, and what became of it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandIo } from '../../../agent/cli/io.ts'
import { loadPagerConfig } from '../config/load.ts'
import { readSecrets } from '../config/secrets.ts'
import type { Notification } from '../desk/history.ts'
import { testPage } from '../texts/page.ts'

/** Longer than all tries by one channel take with the default settings. */
const WITHIN_MS = 60_000
const ASK_MS = 5_000

/** Through the pager that runs with this configuration. Answers 0 when a provider took it, 1 when not. Rejects with ConfigError. */
export async function sendTest(
  receiver: string,
  { config: path, url }: { config?: string; url?: string },
  io: CommandIo,
): Promise<number> {
  const config = loadPagerConfig({ path, env: io.env, cwd: io.cwd })
  const { apiToken } = readSecrets(config, io.cwd)
  if (!Object.hasOwn(config.receivers, receiver)) {
    const known = Object.keys(config.receivers).join(', ')
    io.err(`receiver: found "${receiver.slice(0, 64)}", allowed: one of receivers: ${known}\n`)
    return 2
  }
  const { host, port } = config.api.listen
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const base = url ?? `http://${local.includes(':') ? `[${local}]` : local}:${port}`
  const headers = { authorization: `Bearer ${apiToken.reveal()}`, 'content-type': 'application/json' }
  const ask = async (to: string, body?: object): Promise<Response> =>
    fetch(`${base}${to}`, {
      method: body ? 'POST' : 'GET',
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ASK_MS),
    })
  const startedAt = new Date()
  // One page for each test: nobody acknowledges the next one by this one.
  const mark = `${testPage}-${startedAt.getTime()}`
  try {
    const accepted = await ask(`/v4/webhook/${receiver}`, webhookOf('firing', mark, startedAt))
    if (!accepted.ok) {
      io.err(`the pager at ${base} answered ${accepted.status}: ${await accepted.text()}\n`)
      return 1
    }
    const notification = await settled(ask, startedAt)
    await ask(`/v4/webhook/${receiver}`, webhookOf('resolved', mark, startedAt))
    return tell(notification, io)
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    io.err(`the pager at ${base} cannot be asked: ${cause?.code ?? message}\n`)
    return 1
  }
}

function webhookOf(status: 'firing' | 'resolved', mark: string, startedAt: Date): object {
  const labels = { alertname: testPage, severity: 'critical' }
  const annotations = { summary: 'Somebody tries the pager.' }
  const startsAt = startedAt.toISOString()
  return {
    version: '4',
    groupKey: mark,
    status,
    receiver: 'test',
    groupLabels: { alertname: testPage, test: mark },
    commonLabels: labels,
    commonAnnotations: annotations,
    alerts: [{ status, labels, annotations, startsAt, fingerprint: mark }],
  }
}

async function settled(
  ask: (to: string) => Promise<Response>,
  startedAt: Date,
): Promise<Notification | undefined> {
  const deadline = performance.now() + WITHIN_MS
  for (;;) {
    const answer = await ask(`/api/notifications?since=${startedAt.toISOString()}&limit=100`)
    const { notifications } = (await answer.json()) as { notifications: Notification[] }
    const own = notifications.find(({ type }) => type === 'PAGER_TEST')
    const waits = own?.metadata.recipients.some(({ state }) => state === 'queued' || state === 'sending')
    if ((own && !waits) || performance.now() > deadline) return own
    await sleep(100)
  }
}

function tell(notification: Notification | undefined, io: CommandIo): number {
  if (!notification) {
    io.err('nobody is told: nobody is on call, or the page is lost; see the log of the pager\n')
    return 1
  }
  for (const { name, channel, state, attempts } of notification.metadata.recipients)
    io.out(`${name}: ${channel} ${state}, ${attempts} attempt${attempts === 1 ? '' : 's'}\n`)
  return notification.metadata.recipients.every(({ state }) => state === 'sent') ? 0 : 1
}
