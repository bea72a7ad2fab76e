// What is put on the wire is read back by those who read it: any text of any length, alone or among others.

import type { Writable } from 'node:stream'
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as library from 'ws'
import { textMessage, wireOf } from '../../../../agent/admin/live/wire.ts'

// Exported and not typed.
const { Receiver } = library as unknown as { Receiver: new (options: object) => Writable }

/** The messages that a client finds in these bytes. */
async function read(bytes: Buffer, count: number): Promise<string[]> {
  const receiver = new Receiver({ isServer: false })
  const messages: string[] = []
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) reject(new Error('binary'))
    messages.push(String(data))
    if (messages.length === count) resolve()
  })
  receiver.once('error', reject)
  receiver.write(bytes)
  await promise
  return messages
}

describe('a message', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])('of %i bytes', async (length) => {
    const text = 'x'.repeat(length)
    const both = Buffer.concat([textMessage(text), textMessage('next')])
    expect(await read(both, 2)).toEqual([text, 'next'])
  })
})

it('any values, over both transports', async () => {
  const value = fc.record({ words: fc.string({ unit: 'grapheme', maxLength: 200 }), n: fc.integer() })
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 10 }), async (values) => {
      const wires = values.map((each, i) => wireOf(`s.${i}`, 'qr:scanned', each))
      const messages = await read(Buffer.concat(wires.map(({ websocket }) => websocket)), values.length)
      expect(messages.map((text) => JSON.parse(text))).toEqual(values)
      const events: object[] = []
      const parser = createParser({
        onEvent: ({ id, event, data }) => events.push([id, event, JSON.parse(data)]),
      })
      parser.feed(String(Buffer.concat(wires.map(({ sse }) => sse))))
      expect(events).toEqual(values.map((each, i) => [`s.${i}`, 'qr:scanned', each]))
    }),
    { seed: 7 },
  )
})
