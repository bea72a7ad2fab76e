// Stories in which WhatsApp ends or restricts the account, or somebody else holds its session.

import { takeOwnership } from '../../../../agent/fleet/ownership.ts'
import type { Story, Subject } from '../subject.ts'

/** Refused at the login that follows a drop. */
async function refusedAtLogin(subject: Subject, reason: number): Promise<void> {
  await subject.fault({ kind: 'failure', reason })
  await subject.strike({ kind: 'reset' })
}

export const accounts = {
  'logged-out': (subject) => subject.scene.simulator.client.logout(subject.phone),
  banned: (subject) => refusedAtLogin(subject, 403),
  outdated: (subject) => refusedAtLogin(subject, 405),
  'wrong-phone': async (subject) => {
    const other = subject.phone.replace('+97155', '+97156')
    const ms = subject.draw.whole(3_000, 15_000, 'scan')
    await subject.scene.simulator.client.setPhone(other, { scan: { kind: 'fixed', ms } })
    await subject.look(other, () => subject.session.state === 'failed')
  },
  timelock: async (subject) => {
    await subject.strike({ kind: 'timelock', seconds: subject.draw.whole(300, 86_400, 'length') })
  },
  'refused-463': async (subject) => {
    await subject.fault({ kind: 'nack', code: 463 })
    await subject.talk(subject.draw.whole(1, 6, 'texts'), 500)
  },
  'temporarily-banned': (subject) => refusedAtLogin(subject, 402),
  'temporarily-banned-under-traffic': async (subject) => {
    const traffic = subject.talk(subject.draw.whole(40, 60, 'texts'), 800)
    await subject.wait(subject.draw.between(12_000, 20_000, 'before'))
    await refusedAtLogin(subject, 402)
    await subject.capped('temporarily-banned', 30_000)
    await traffic
  },
  passkey: async (subject) => {
    const ms = subject.draw.whole(3_000, 15_000, 'scan')
    await subject.scene.simulator.client.setPhone(subject.phone, {
      scan: { kind: 'fixed', ms },
      passkey: true,
    })
    const refused = () => subject.session.state === 'waiting' && !subject.session.snapshot.askable
    await subject.look(subject.phone, refused)
  },
  'replaced-once': (subject) => subject.strike({ kind: 'close', code: 440 }),
  'replaced-again-and-again': async (subject) => {
    // The agent takes its session back once and then leaves it to a person.
    for (let n = 1; n <= 2; n++) {
      await subject.up()
      await subject.wait(subject.draw.between(1_000, 8_000, `open ${n}`))
      await subject.strike({ kind: 'close', code: 440 })
      await subject.closed()
    }
  },
  'taken-by-another-agent': async (subject) => {
    await takeOwnership(subject.scene.context.sql, subject.account, 'another agent')
    await subject.hear(subject.draw.whole(1, 4, 'texts'), 500)
  },
} satisfies Record<string, Story>
