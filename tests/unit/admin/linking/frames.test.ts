// The page reads the same frames however the network cuts the stream into pieces.

import fc from 'fast-check'
import { expect, it } from 'vitest'

type Frames = (body: ReadableStream<Uint8Array>) => AsyncGenerator<unknown>
// The page's own script, which has no types.
const script = '../../../../agent/admin/linking/page/frames.js'
const { frames } = (await import(script)) as { frames: Frames }

/** The text in pieces that end at these places, which may be in the middle of a character. */
function inPieces(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b)
  return ReadableStream.from([0, ...places].map((from, i) => bytes.slice(from, places[i])))
}
async function readAll(body: ReadableStream<Uint8Array>): Promise<unknown[]> {
  const read = []
  for await (const frame of frames(body)) read.push(frame)
  return read
}

const beat = ': still here\n\n'
const eventOf = (frame: unknown) => `event: linking\ndata: ${JSON.stringify(frame)}\n\n`
const frame = fc.record({ words: fc.string({ unit: 'grapheme' }), lifeLeftMs: fc.option(fc.nat()) })

it('whole, in order, and each once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(frame, fc.constant(null)), { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      async (said, cuts) => {
        const text = said.map((each) => (each ? eventOf(each) : beat)).join('')
        expect(await readAll(inPieces(text, cuts))).toEqual(said.filter((each) => each !== null))
      },
    ),
    { seed: 7 },
  )
})

it('cut into single bytes', async () => {
  const text = `${eventOf({ words: 'ä€😀\n\ndata: {}' })}${beat}${eventOf({ words: 'b' })}`
  const everywhere = Array.from({ length: 200 }, (_, i) => i)
  expect(await readAll(inPieces(text, everywhere))).toEqual([{ words: 'ä€😀\n\ndata: {}' }, { words: 'b' }])
})

it('a frame that was cut off in the middle is no frame', async () => {
  expect(await readAll(inPieces(`${eventOf({ a: 1 })}${eventOf({ a: 2 }).slice(0, -1)}`, []))).toEqual([
    { a: 1 },
  ])
})

it('a connection that breaks is an error for the page, after the frames that came', async () => {
  const read: unknown[] = []
  const broken = new ReadableStream<Uint8Array>({
    start: (to) => to.enqueue(new TextEncoder().encode(eventOf({ a: 1 }))),
    pull: (to) => to.error(new Error('connection lost')),
  })
  const reading = async () => {
    for await (const each of frames(broken)) read.push(each)
  }
  await expect(reading()).rejects.toThrow('connection lost')
  expect(read.length).toBeLessThanOrEqual(1)
})
