// Two who write to each other at once read everything; with the library alone they do not.

import { addTransactionCapability, DEFAULT_CONNECTION_CONFIG, initAuthCreds } from '@whiskeysockets/baileys'
import { expect, it, onTestFinished, vi } from 'vitest'
import { silentLogger } from '../../../../agent/session/baileys/silent-logger.ts'
import { keepSessionsUnhurt } from '../../../../agent/session/baileys/unhurt-sessions.ts'
import { bundle, friend, me, memory, patience } from './signal-stage.ts'

const jids = [me, friend] as const

function person() {
  const creds = initAuthCreds()
  const keys = addTransactionCapability(memory(), silentLogger, patience)
  return { creds, repository: DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, silentLogger) }
}

/** Both begin a session at the same time and go on writing across each other; answers what was sent and how many could be read. */
async function conversation(rounds: number): Promise<{ sent: number; read: number }> {
  const people = [person(), person()] as const
  const other = (i: number): 0 | 1 => (i === 0 ? 1 : 0)
  for (const [i, { repository }] of people.entries())
    await repository.injectE2ESession({ jid: jids[other(i)], session: bundle(people[other(i)].creds) })
  let [sent, read] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const letters = []
    for (const [i, { repository }] of people.entries())
      for (let n = 0; n <= (round + i) % 3; n++) {
        const data = Buffer.from(`${round} ${n}`)
        letters.push({ i, data, ...(await repository.encryptMessage({ jid: jids[other(i)], data })) })
      }
    for (const { i, data, type, ciphertext } of letters) {
      sent += 1
      const what = { jid: jids[i as 0 | 1], type: type as 'msg' | 'pkmsg', ciphertext }
      const plain = await people[other(i)].repository.decryptMessage(what).catch(() => null)
      if (plain && Buffer.compare(plain, data) === 0) read += 1
    }
    // Now and then one of them begins a session anew, as the library does when its cache of devices is old.
    const who = people[other(round % 2)]
    if (round % 4 === 3)
      await who.repository.injectE2ESession({
        jid: jids[round % 2 === 0 ? 0 : 1],
        session: bundle(people[round % 2 === 0 ? 0 : 1].creds),
      })
  }
  return { sent, read }
}

it('reads everything', async () => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue()
  // The keys are random, and now and then the harm is done where nobody looks.
  let [alone, tries] = [await conversation(16), 1]
  for (; alone.read === alone.sent && tries < 20; tries++) alone = await conversation(16)
  expect(alone.read).toBeLessThan(alone.sent)
  onTestFinished(keepSessionsUnhurt())
  const { sent, read } = await conversation(16)
  expect(read).toBe(sent)
})
