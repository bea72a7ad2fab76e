// Who watches the watchers: tiers in their order, an agent that is killed, and a Prometheus that is killed, each of which somebody is told of.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runLinda, writeConfig } from '../../harness/agent-process.ts'
import { openPagingStage, type PagingStage, phones } from '../../harness/paging-stage.ts'
import { openScene, type Scene } from '../../harness/scene.ts'
import { until } from '../../harness/until.ts'
import { byMail, byPhone, bySlack } from './figures.ts'

export interface Deaths {
  figures: Record<string, number>
  violations: string[]
}

/** A minute of every `for` is a second here; the configuration has the shipped shape. */
export async function killWatched(): Promise<Deaths> {
  const directory = mkdtempSync(join(tmpdir(), 'linda-victim-'))
  const scene = await openScene({ paired: 4 })
  let stage: PagingStage | undefined
  await writeConfig(
    directory,
    {
      whatsapp: { url: scene.simulator.url, root_key: scene.simulator.rootKey },
      store: { encryption: 'off' },
    },
    [{ id: 'victim', phone: '+971501112233' }],
  )
  const victim = runLinda(['run'], directory)
  try {
    await scene.allUp(60_000)
    const { metricsUrl } = await victim.listening()
    const agents = [scene.agent.metricsUrl, metricsUrl].map((url) => new URL(url).host)
    stage = await openPagingStage({ pace: 'quick', agents })
    const opened = stage
    const heard = async () => (await opened.counted('pager_heartbeat_timestamp_seconds')) > 0
    await until('the heartbeat is heard', heard, 60_000)
    const violations: string[] = []
    const figures = {
      ...(await escalate(scene, opened, violations)),
      agent_killed_ms: await timed(violations, 'the killed agent', () => {
        victim.child.kill('SIGKILL')
        return () => smsAfter(opened, /AgentDown|does not answer/)
      }),
      prometheus_killed_ms: await timed(violations, 'the killed Prometheus', () => {
        const now = Date.now()
        process.kill(opened.prometheus?.pid as number, 'SIGKILL')
        return () => smsAfter(opened, /nothing comes from Alertmanager/, now)
      }),
    }
    return { figures, violations }
  } finally {
    victim.child.kill('SIGKILL')
    await victim.ended
    await stage?.close()
    await scene.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Seconds after the cut at which each way was first taken; in the shipped rules 300 and 900 are minutes 5 and 15. */
async function escalate(
  scene: Scene,
  stage: PagingStage,
  violations: string[],
): Promise<Record<string, number>> {
  const account = scene.phones.get('p1') as string
  await scene.simulator.client.fault({ account, fault: { kind: 'no-success' } })
  const at = Date.now()
  await scene.simulator.client.fault({ account, fault: { kind: 'reset' } })
  const called = () => byPhone(stage, 'voice', 'p1', phones)
  const call = await until('everybody is called', called, 60_000)
  const slack = bySlack(stage, 'ConnectionLost', 'p1')
  const mail = byMail(stage, 'ConnectionLost', 'p1')
  const sms = byPhone(stage, 'sms', 'p1', phones)
  if (slack === null || mail === null || sms === null) {
    violations.push('a tier was passed over')
    return {}
  }
  if (!(Math.max(slack, mail) < sms && sms < call)) violations.push('the tiers came in another order')
  const count = stage.twilio.taken.filter(({ kind, text }) => kind === 'sms' && /\bp1\b/.test(text)).length
  if (count !== phones.length) violations.push(`${count} SMS for ${phones.length} telephones`)
  return {
    escalation_first_ms: Math.max(slack, mail) - at,
    escalation_sms_ms: sms - at,
    escalation_call_ms: call - at,
  }
}

function smsAfter({ twilio }: PagingStage, what: RegExp, since = 0): number | null {
  const times = phones.map(
    (phone) =>
      twilio.taken.find(
        ({ kind, to, text, at }) => kind === 'sms' && to === phone && at > since && what.test(text),
      )?.at,
  )
  return times.some((at) => at === undefined) ? null : Math.max(...(times as number[]))
}

async function timed(violations: string[], what: string, kill: () => () => number | null): Promise<number> {
  const at = Date.now()
  const told = kill()
  const came = await until('somebody is told', told, 60_000).catch(() => null)
  if (came === null) violations.push(`nobody was told of ${what}`)
  return (came ?? Date.now()) - at
}
