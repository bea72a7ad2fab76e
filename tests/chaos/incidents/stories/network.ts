// Stories of lines and servers that do not take connections, or do not keep them.

import type { Fault } from '../../../simulator/types.ts'
import type { Story, Subject } from '../subject.ts'

/** Nobody on the stage gets through, and this one loses what it has. */
async function behind(subject: Subject, fault: Fault): Promise<void> {
  await subject.faultAll(fault, subject.draw.whole(35_000, 55_000, 'length'))
  await subject.wait(subject.draw.between(0, 5_000, 'drop'))
  await subject.strike({ kind: 'reset' })
}

export const network = {
  'reset-again-and-again': (subject) =>
    subject.strikeAgain(subject.draw.whole(4, 6, 'times'), { kind: 'reset' }),
  'connect-timeouts': async (subject) => {
    await subject.fault({ kind: 'no-success' }, { forMs: subject.draw.whole(85_000, 110_000, 'length') })
    await subject.strike({ kind: 'reset' })
  },
  'unavailable-at-login': async (subject) => {
    await subject.fault(
      { kind: 'failure', reason: 503 },
      { forMs: subject.draw.whole(30_000, 50_000, 'length') },
    )
    await subject.strike({ kind: 'reset' })
  },
  'http-503': (subject) => behind(subject, { kind: 'http', status: 503 }),
  'connection-refused': (subject) => behind(subject, { kind: 'refuse' }),
  'server-errors': (subject) =>
    subject.strikeAgain(subject.draw.whole(4, 6, 'times'), { kind: 'close', code: 500 }),
} satisfies Record<string, Story>
