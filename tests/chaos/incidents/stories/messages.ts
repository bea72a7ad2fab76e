// Stories of messages that cannot be read or are not taken, and of people who are slow to scan or never do.

import { until } from '../../../harness/until.ts'
import type { Story } from '../subject.ts'

const PACE_MS = 500

export const messages = {
  'unreadable-for-good': async (subject) => {
    await subject.hear(3, 500)
    const count = subject.draw.whole(3, 8, 'count')
    await subject.hear(count, subject.draw.whole(500, 3_000, 'pace'), { corrupt: true, resends: false })
  },
  'messages-refused': async (subject) => {
    await subject.talk(subject.draw.whole(5, 15, 'before'), PACE_MS)
    const refused = subject.draw.whole(8, 20, 'refused')
    await subject.fault(
      { kind: 'nack', code: subject.draw.pick([479, 500, 421], 'code') },
      { count: refused },
    )
    await subject.talk(refused + subject.draw.whole(0, 10, 'after'), PACE_MS)
  },
  'slow-scan': async (subject) => {
    const ms = subject.draw.whole(35_000, 60_000, 'scan')
    await subject.scene.simulator.client.setPhone(subject.phone, { scan: { kind: 'fixed', ms } })
    await subject.look(subject.phone, () => subject.session.state === 'open')
  },
  'six-regenerations': async (subject) => {
    const wanted = subject.draw.whole(6, 8, 'regenerations')
    await subject.scene.simulator.client.setPhone(subject.phone, { scan: { kind: 'never' } })
    const enough = () => subject.scene.events.of('pairing.regenerated', subject.account).length >= wanted
    const givenUp = () => subject.session.state === 'waiting' && !subject.session.snapshot.askable
    while (!enough() && !subject.over) {
      await subject.look(subject.phone, () => enough() || givenUp())
      if (enough()) return
      const path = `/api/dashboard/quick-actions/${subject.account}/reset-qr`
      const { status } = await subject.scene.ask(path, { method: 'POST' })
      if (status !== 202) throw new Error(`the reset was answered with ${status}`)
      await until(`${subject.account} starts over`, () => !givenUp())
    }
  },
} satisfies Record<string, Story>
