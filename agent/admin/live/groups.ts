// Readers by what they want to see: what a view lets through is decided, and made into bytes, once for all who share it.

import type { Frame } from './frame.ts'
import type { Reader } from './reader.ts'
import { keyOf, sees, type View } from './view.ts'
import { type Transport, transports } from './wire.ts'

interface Group {
  key: string
  view: View
  readers: Set<Reader>
}

export class Groups {
  #byView = new Map<string, Group>()
  #of = new Map<Reader, Group>()

  get size(): number {
    return this.#of.size
  }

  add(reader: Reader, view: View): void {
    const key = keyOf(view)
    const group = this.#byView.get(key) ?? { key, view, readers: new Set() }
    this.#byView.set(key, group)
    group.readers.add(reader)
    this.#of.set(reader, group)
  }

  delete(reader: Reader): void {
    const group = this.#of.get(reader)
    this.#of.delete(reader)
    group?.readers.delete(reader)
    if (group?.readers.size === 0) this.#byView.delete(group.key)
  }

  /** As they are now: who leaves while somebody goes through them is no trouble. */
  readers(): Reader[] {
    return [...this.#of.keys()]
  }

  /** Who gets something of these frames, how many, and as which bytes. */
  *shares(
    frames: readonly Frame[],
  ): Iterable<{ readers: Iterable<Reader>; transport: Transport; bytes: Buffer; count: number }> {
    for (const { view, readers } of this.#byView.values()) {
      const seen = frames.filter((frame) => sees(view, frame))
      if (seen.length === 0) continue
      for (const transport of transports) {
        const those = [...readers].filter(({ client }) => client.transport === transport)
        if (those.length === 0) continue
        const bytes = together(seen, transport)
        yield { readers: those, transport, bytes, count: seen.length }
      }
    }
  }
}

export function together(frames: readonly Frame[], transport: Transport): Buffer {
  const [first, ...more] = frames
  if (first && more.length === 0) return first.wire[transport]
  return Buffer.concat(frames.map(({ wire }) => wire[transport]))
}
