// An account that was never linked is told from one that must be linked again, as far as this process has seen.

import { expect, it } from 'vitest'
import { Unlinked } from '../../../agent/fleet/unlinked.ts'
import type { SessionState } from '../../../agent/words.ts'
import { hear } from '../events/heard.ts'

it.each<[SessionState[], boolean]>([
  [[], false],
  [['connecting'], false],
  [['connecting', 'pairing'], true],
  [['connecting', 'pairing', 'waiting'], true],
  [['connecting', 'pairing', 'connecting'], true],
  [['connecting', 'waiting', 'failed'], true],
  [['connecting', 'pairing', 'connecting', 'open'], false],
  [['connecting', 'open', 'logged-out', 'pairing'], false],
  [['connecting', 'logged-out', 'connecting', 'pairing'], false],
])('after %o: %s', (states, unlinked) => {
  const { bus } = hear()
  const all = new Unlinked(bus)
  let from: SessionState = 'stopped'
  for (const to of states) {
    bus.emit('session.state-changed', { from, to, reason: 'started' } as never, { account: 'a' })
    from = to
  }
  expect(all.has('a')).toBe(unlinked)
  expect(all.has('b')).toBe(false)
})
