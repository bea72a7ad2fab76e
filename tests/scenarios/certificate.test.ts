// A server whose certificate another root signed: `warn` connects and says so, `strict` does not connect.

import { afterEach, describe, expect, it } from 'vitest'
import { openScene, type Scene } from '../harness/scene.ts'

const otherRoot = '1f'.repeat(32)

describe('the certificate check', () => {
  let scene: Scene | undefined
  afterEach(() => scene?.close())

  it('opens without a word when the root signed the chain', async () => {
    scene = await openScene({ paired: 1, config: { whatsapp: { certificate: 'strict' } } })
    await scene.allUp()
    expect(scene.events.of('whatsapp.certificate-untrusted')).toEqual([])
  })

  it('warns and opens by default', async () => {
    scene = await openScene({ paired: 1, config: { whatsapp: { certificate: 'warn', root_key: otherRoot } } })
    await scene.allUp()
    expect((await scene.events.first('whatsapp.certificate-untrusted')).mode).toBe('warn')
  })

  it('does not open when strict, and keeps its credentials', async () => {
    scene = await openScene({
      paired: 1,
      config: { whatsapp: { certificate: 'strict', root_key: otherRoot } },
    })
    const closed = await scene.events.first('session.closed')
    expect(closed.reason).toBe('untrusted-certificate')
    expect(scene.events.of('session.opened')).toEqual([])
    expect(scene.context.fleet.find('p1')?.session.state).toBe('connecting')
    expect((await scene.simulator.client.state()).online).toEqual([])
  })
})
