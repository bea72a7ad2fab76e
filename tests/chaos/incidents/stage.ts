// Incidents are played side by side, one account each, on a simulator and an agent with the times of production unless the stage is there for others.

import type { Overrides } from '../../../agent/context.ts'
import type { Issue } from '../../../agent/health/diagnosis.ts'
import type { SessionSettings } from '../../../agent/session/parts.ts'
import { openScene, type Scene } from '../../harness/scene.ts'
import { until } from '../../harness/until.ts'
import { Draw } from './draw.ts'
import type { Incident } from './judge.ts'
import { type Kind, labelOf, type StageName } from './labels.ts'
import { stories } from './stories/index.ts'
import { Subject } from './subject.ts'

/** What the scenes of tests shorten is as long here as in production. */
const production: Partial<SessionSettings> = {
  connectTimeoutMs: 20_000,
  queryTimeoutMs: 15_000,
  backoff: { baseMs: 1_000, capMs: 300_000 },
}

/** From the first injection to the last judgement, at least; what takes less begins at a drawn moment. */
const spans: Readonly<Record<StageName, number>> = {
  usual: 330_000,
  'seldom-probed': 345_000,
  'short-windows': 170_000,
  // Everybody is met by one fault, so everybody begins together.
  http: 92_000,
  refused: 92_000,
  slow: 62_000,
  canaries: 125_000,
}

type Sections = { [S in 'whatsapp' | 'pairing' | 'health']?: Record<string, unknown> }
const configs: Readonly<Partial<Record<StageName, Sections>>> = {
  'seldom-probed': { whatsapp: { probe_interval: '10m' } },
  canaries: { health: { canary: 'on' } },
  'short-windows': { pairing: { policy: 'fixed', base: '3s', min: '1s', max: '4s', regenerations: 3 } },
}

/** In production an account is tested every quarter of an hour; the proportions are the same here. */
const overrides: Overrides = {
  canary: { intervalMs: 20_000, spacingMs: 2_000, deadlineMs: 10_000, lookEveryMs: 1_000 },
}

/** Several agents are in this process and each trusts another simulator: the check of the certificate is one per process. */
const UNCHECKED = { certificate: 'warn' }
const UP_WITHIN_MS = 90_000

export interface Planned {
  kind: Kind
  number: number
}

/** Plays the incidents and judges each at its time. Rejects where the stage itself cannot be set. */
export async function play(
  name: StageName,
  planned: readonly Planned[],
  seed: number,
  judged: (incident: Incident) => void,
): Promise<Incident[]> {
  const config = configs[name] ?? {}
  const paired = planned.filter(({ kind }) => labelOf(kind).paired)
  const others = planned.filter(({ kind }) => !labelOf(kind).paired)
  const scene = await openScene({
    paired: paired.length,
    unpaired: others.length,
    settings: production,
    overrides,
    simulator: { seed },
    config: { ...config, whatsapp: { ...config.whatsapp, ...UNCHECKED } },
  })
  try {
    const open = () => scene.context.fleet.accounts().filter(({ state }) => state === 'open').length
    await until(
      () => `${paired.length} sessions open; ${open()} are`,
      () => open() === paired.length,
      UP_WITHIN_MS,
    )
    const together = new Map<string, Promise<unknown>>()
    const cast = [
      ...paired.map((plan, i) => ({ ...plan, account: `p${i + 1}` })),
      ...others.map((plan, i) => ({ ...plan, account: `n${i + 1}` })),
    ]
    return await Promise.all(
      cast.map(async ({ kind, number, account }, index) => {
        const draw = new Draw(seed, `${kind} ${number}`)
        const over = new AbortController()
        const subject = new Subject({ scene, account, index, draw, over: over.signal, together })
        const { watchMs } = labelOf(kind)
        const delayMs = draw.between(0, Math.max(0, spans[name] - watchMs), 'beginning')
        const spoiled = await tell(kind, subject, over, delayMs, watchMs)
        const incident = { kind, number, account, spoiled, found: foundOf(scene, account) }
        judged(incident)
        return incident
      }),
    )
  } finally {
    await scene.close()
  }
}

/** Injects, waits until the judgement, and answers what went wrong with the injection. */
async function tell(
  kind: Kind,
  subject: Subject,
  over: AbortController,
  delayMs: number,
  watchMs: number,
): Promise<string | null> {
  await new Promise((resolve) => setTimeout(resolve, delayMs))
  let spoiled: string | null = null
  const story = stories[kind](subject).catch((error: Error) => {
    // What the judgement cut short had no more to tell.
    if (!over.signal.aborted) spoiled = error.message
  })
  await new Promise((resolve) => setTimeout(resolve, watchMs))
  over.abort()
  await story
  return spoiled
}

/** Everything since the stage was set: what is said before the injection is wrong, too. */
function foundOf({ events }: Scene, account: string): Map<Issue, string> {
  const found = new Map<Issue, string>()
  for (const { issue, pattern } of events.of('diagnosis.found', account))
    if (!found.has(issue as Issue)) found.set(issue as Issue, pattern)
  return found
}
