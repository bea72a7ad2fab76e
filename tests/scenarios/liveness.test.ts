// A session that says open and is dead is noticed with the times of production: within 5 s under traffic, and when idle
// within probe interval and deadline.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintMessageId } from '../../agent/session/message-id.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const kinds = [
  { kind: 'stall', answersClose: false },
  { kind: 'stall', answersClose: true },
  { kind: 'half-open' },
] as const

describe('a stalled session', () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await openScene({ paired: 4, config: { whatsapp: { probe_interval: '6s' } } })
    await scene.allUp()
  }, 60_000)
  afterAll(() => scene?.close())

  it.each(kinds.map((fault, i) => ({ fault, account: `p${i + 1}`, name: JSON.stringify(fault) })))(
    'under a message a second is noticed within 5 s: $name',
    async ({ fault, account }) => {
      const session = scene.context.fleet.find(account)?.session
      const write = (n: number) =>
        session
          ?.send({ messageId: mintMessageId(), to: `44794600010${n % 3}@s.whatsapp.net`, text: `n ${n}` })
          .catch(() => {})
      await write(0)
      let n = 1
      const traffic = setInterval(() => void write(n++), 1_000)
      try {
        await scene.simulator.client.fault({ account: scene.phones.get(account) as string, fault })
        const stalledAt = Date.now()
        const lost = await scene.events.first('session.evidence-lost', { account })
        expect(lost.at - stalledAt).toBeLessThan(5_000)
        expect(scene.context.fleet.find(account)?.session.snapshot.up).toBe(false)
      } finally {
        clearInterval(traffic)
      }
    },
    20_000,
  )

  it('that is idle is noticed within probe interval and deadline', async () => {
    const { probeIntervalMs, probeDeadlineMs } = scene.context.config.whatsapp
    await scene.simulator.client.fault({
      account: scene.phones.get('p4') as string,
      fault: { kind: 'stall' },
    })
    const stalledAt = Date.now()
    const lost = await scene.events.first('session.evidence-lost', { account: 'p4', withinMs: 15_000 })
    expect(lost.at - stalledAt).toBeLessThan(probeIntervalMs + probeDeadlineMs + 250)
  }, 20_000)
})
