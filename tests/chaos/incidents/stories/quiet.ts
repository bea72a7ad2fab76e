// Stories of which nothing should be said: healthy accounts, and what mends itself as it should.

import type { CanaryOutcome } from '../../../../agent/words.ts'
import { until } from '../../../harness/until.ts'
import type { Fault } from '../../../simulator/types.ts'
import type { Story, Subject } from '../subject.ts'

const drops: readonly Fault[] = [
  { kind: 'close', code: 428, how: 'xmlstreamend' },
  { kind: 'close', code: 428, how: 'ws' },
  { kind: 'close', code: 428, how: 'fin' },
  { kind: 'close', code: 500 },
  { kind: 'close', code: 503 },
  { kind: 'reset' },
  { kind: 'garbage' },
]

const probes = ({ scene, account }: Subject, outcome: CanaryOutcome): number =>
  scene.events.of('canary.probed', account).filter((event) => event.outcome === outcome).length

const anyDrop = (subject: Subject, what: string): Promise<void> =>
  subject.strike(subject.draw.pick(drops, what))

export const quiet = {
  'healthy-idle': async () => {},
  'healthy-busy': async (subject) => {
    const everyMs = subject.draw.between(800, 2_000, 'pace')
    await Promise.all([
      subject.talk(Math.floor(140_000 / everyMs), everyMs),
      subject.hear(Math.floor(140_000 / everyMs), everyMs),
    ])
  },
  'one-drop': (subject) => anyDrop(subject, 'drop'),
  'one-drop-under-traffic': async (subject) => {
    const paceMs = subject.draw.between(250, 800, 'pace')
    const traffic = subject.talk(subject.draw.whole(50, 80, 'texts'), paceMs)
    // After a few messages or after many.
    await subject.wait(paceMs * subject.draw.between(8, 30, 'before'))
    await anyDrop(subject, 'drop')
    await traffic
  },
  'drop-and-one-timeout': async (subject) => {
    await subject.fault({ kind: 'no-success' }, { count: 1 })
    await anyDrop(subject, 'drop')
  },
  'restart-asked-by-server': (subject) => subject.strike({ kind: 'close', code: 515 }),
  'two-drops-far-apart': async (subject) => {
    await anyDrop(subject, 'first')
    await subject.wait(subject.draw.between(60_000, 140_000, 'apart'))
    await subject.up()
    await anyDrop(subject, 'second')
  },
  'late-acks': async (subject) => {
    await subject.fault({ kind: 'late-acks', ms: subject.draw.whole(300, 1_700, 'late') }, { forMs: 110_000 })
    await subject.talk(subject.draw.whole(20, 60, 'texts'), 1_200)
  },
  'one-unreadable-repaired': async (subject) => {
    await subject.hear(subject.draw.whole(1, 3, 'before'), 500)
    await subject.hear(1, 0, { corrupt: true })
  },
  'several-unreadable-repaired': async (subject) => {
    await subject.hear(3, 500)
    // All at once, from one writer.
    await subject.burst(subject.draw.whole(3, 8, 'count'))
  },
  'one-message-refused': async (subject) => {
    await subject.talk(subject.draw.whole(12, 20, 'before'), 600)
    await subject.fault({ kind: 'nack', code: 479 }, { count: 1 })
    await subject.talk(subject.draw.whole(10, 20, 'after'), 600)
  },
  // Whatever the server sends is a sign of life, not only the answer to a ping.
  'pongs-dropped-under-traffic': async (subject) => {
    await subject.fault({ kind: 'drop-pongs' }, { forMs: 70_000 })
    await subject.talk(75, subject.draw.between(950, 1_300, 'pace'))
  },
  'offline-never-ends': async (subject) => {
    await subject.fault({ kind: 'no-offline' }, { count: 1 })
    await subject.strike({ kind: 'reset' })
    await subject.wait(subject.draw.between(2_000, 6_000, 'before'))
    await subject.hear(3, 1_000)
  },
  'slow-handshake': async (subject) => {
    await subject.faultAll({ kind: 'slow-handshake', ms: subject.draw.whole(2_000, 8_000, 'slow') }, 30_000)
    await subject.strike({ kind: 'reset' })
  },
  'written-to-now-and-then': async (subject) => {
    for (let n = 1; !subject.over; n++) {
      await subject.wait(subject.draw.between(60_000, 200_000, `pause ${n}`))
      await subject.hear(1, 0)
    }
  },
  'two-unanswered': async (subject) => {
    await subject.fault({ kind: 'withhold-acks' }, { count: 2 })
    await subject.talk(4, subject.draw.between(35_000, 50_000, 'pace'))
  },
  'tested-and-heard': async (subject) => {
    const heard = () => probes(subject, 'received') > 0
    await until(`${subject.account} is tested`, () => subject.over || heard(), 110_000)
  },
  'one-test-not-heard': async (subject) => {
    const fault = await subject.fault({ kind: 'deaf' })
    const missed = () => probes(subject, 'not-received') > 0
    await until(`${subject.account} is not heard`, () => subject.over || missed(), 110_000)
    await subject.scene.simulator.client.endFault(fault)
  },
  'codes-nobody-looks-at': async () => {},
  'scanned-at-once': async (subject) => {
    const ms = subject.draw.whole(3_000, 20_000, 'scan')
    await subject.scene.simulator.client.setPhone(subject.phone, { scan: { kind: 'fixed', ms } })
    await subject.look(subject.phone, () => subject.session.state === 'open')
  },
  'regenerated-three-times': (subject) =>
    subject.look(
      subject.phone,
      () => subject.session.state === 'waiting' && subject.session.snapshot.askable === false,
    ),
} satisfies Record<string, Story>
