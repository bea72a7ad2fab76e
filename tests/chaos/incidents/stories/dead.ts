// Stories in which a socket says open and the server gives no sign of life.

import type { Story } from '../subject.ts'

const PACE_MS = 800

/** Traffic before, while and after something happens. */
async function underTraffic(subject: Parameters<Story>[0], happens: () => Promise<unknown>): Promise<void> {
  const traffic = subject.talk(subject.draw.whole(50, 80, 'texts'), PACE_MS)
  await subject.wait(subject.draw.between(5_000, 15_000, 'before'))
  await happens()
  await traffic
}

export const dead = {
  'stalled-under-traffic': (subject) =>
    underTraffic(subject, () =>
      subject.strike(
        { kind: 'stall', answersClose: subject.draw.pick([true, false], 'polite') },
        { forMs: subject.draw.whole(8_000, 15_000, 'length') },
      ),
    ),
  'half-open-under-traffic': (subject) =>
    underTraffic(subject, () => subject.strike({ kind: 'half-open' }, { count: 1 })),
  'half-open-idle': async (subject) => {
    await subject.wait(subject.draw.between(0, 15_000, 'before'))
    await subject.strike({ kind: 'half-open' }, { count: 1 })
  },
  'acks-withheld': (subject) =>
    underTraffic(subject, () =>
      subject.fault({ kind: 'withhold-acks' }, { forMs: subject.draw.whole(30_000, 45_000, 'length') }),
    ),
  'silent-for-long': (subject) =>
    underTraffic(subject, () =>
      subject.strike({ kind: 'stall' }, { forMs: subject.draw.whole(90_000, 120_000, 'length') }),
    ),
  // At this pace no two of them wait at the same time.
  'unanswered-now-and-then': async (subject) => {
    await subject.fault({ kind: 'withhold-acks' })
    const count = subject.draw.whole(3, 4, 'texts')
    await subject.talk(count, subject.draw.between(35_000, 55_000, 'pace'))
    await subject.capped('unacknowledged', 60_000)
  },
  deaf: async (subject) => {
    await subject.fault({ kind: 'deaf' })
    await subject.capped('deaf', 110_000)
  },
  // Nothing happens at all, and probes are ten minutes apart.
  stale: async () => {},
} satisfies Record<string, Story>
