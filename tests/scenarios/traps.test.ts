// What the library does behind one's back, met on the wire and contained: half-made credentials, events held back for ever.

import { afterEach, describe, expect, it } from 'vitest'
import { loadAuth } from '../../agent/session/auth-state.ts'
import { openBaileys } from '../../agent/session/baileys/open-socket.ts'
import type { Socket, SocketListener } from '../../agent/session/socket.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

describe('the adapter', () => {
  let scene: Scene | undefined
  afterEach(() => scene?.close())

  it('throws away the credentials of an abandoned pairing code and pairs afresh', async () => {
    scene = await openScene({ unpaired: 1 })
    const { context, simulator, phones } = scene
    const member = context.fleet.find('n1')
    await until('a first code', () => member?.session.viewCode())
    await member?.session.stop()
    // As a person would who asks for a code to type and then closes the page: the library writes a name into the credentials.
    const at = { ...context, account: 'n1', epoch: member?.epoch ?? 0 }
    const auth = await loadAuth(at)
    await abandonCode(scene, auth)
    await auth.flush()
    const stored = await loadAuth(at)
    expect(stored.creds.me).toBeDefined()
    expect(stored.paired).toBe(false)
    expect(await stored.discardHalfMade()).toBe(true)
    member?.session.start('asked')
    const code = await until('a code', () => member?.session.viewCode())
    expect(await simulator.client.scan(phones.get('n1') as string, code.code)).toBe('linked')
    await until('n1 is open', () => member?.session.state === 'open', 20_000)
    expect((await simulator.client.summary()).logins.rejected).toBe(0)
  }, 60_000)

  it('hands on messages that the library holds back when the server never ends its offline delivery', async () => {
    scene = await openScene({ paired: 1 })
    const { simulator, phones, events } = scene
    const phone = phones.get('p1') as string
    await scene.allUp()
    await simulator.client.fault({ account: phone, fault: { kind: 'no-offline' } })
    await simulator.client.fault({ account: phone, fault: { kind: 'reset' } })
    await until('p1 opened again', () => events.of('session.opened', 'p1').length === 2)
    await events.first('session.trapped', { account: 'p1', where: ({ trap }) => trap === 'events-buffered' })
    await simulator.client.send({ from: '+447946000001', to: phone, text: 'held back?' })
    await events.first('message.received', { account: 'p1', withinMs: 8_000 })
  }, 30_000)
})

/** Asks for a pairing code and drops the connection before anybody types it. */
async function abandonCode(
  { simulator, phones }: Scene,
  auth: Parameters<typeof openBaileys>[0]['auth'],
): Promise<void> {
  let asked: Promise<string> | undefined
  const socket: Socket = openBaileys(
    { url: simulator.url, connectTimeoutMs: 3_000, queryTimeoutMs: 3_000, auth, textOf: () => undefined },
    new Proxy({} as SocketListener, {
      get: (_, name) => () => {
        if (name === 'code') asked ??= socket.pairingCode((phones.get('n1') as string).slice(1))
      },
    }),
  )
  const pending = await until('the code was asked for', () => asked && { asked })
  expect(await pending.asked).toMatch(/^[0-9A-Z]{8}$/)
  socket.close({ reason: 'asked', code: null, detail: 'abandoned' })
}
