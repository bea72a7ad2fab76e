// Cuts the client's byte stream into frames, whatever pieces it arrives in, and takes the introduction off its front.

const header = Buffer.from([0x57, 0x41])
const routing = Buffer.from('ED')

export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)
  #introduced = false

  /** Throws when the stream does not begin as WhatsApp's does. */
  push(data: Buffer): Buffer[] {
    this.#bytes = this.#bytes.length === 0 ? data : Buffer.concat([this.#bytes, data])
    if (!this.#introduced && !this.#skipIntroduction()) return []
    const frames: Buffer[] = []
    while (this.#bytes.length >= 3) {
      const end = 3 + this.#bytes.readUIntBE(0, 3)
      if (this.#bytes.length < end) break
      frames.push(this.#bytes.subarray(3, end))
      this.#bytes = this.#bytes.subarray(end)
    }
    return frames
  }

  /** `WA` version dictionary, or `ED 00 01 len24 routing-info` and then the same. */
  #skipIntroduction(): boolean {
    let start = 0
    if (this.#bytes.length < 4) return false
    if (this.#bytes.subarray(0, 2).equals(routing)) {
      if (this.#bytes.length < 7) return false
      start = 7 + this.#bytes.readUIntBE(4, 3)
      if (this.#bytes.length < start + 4) return false
    }
    if (!this.#bytes.subarray(start, start + 2).equals(header)) throw new Error('not a WhatsApp client')
    this.#bytes = this.#bytes.subarray(start + 4)
    this.#introduced = true
    return true
  }
}

export function frame(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(3 + body.length)
  framed.writeUIntBE(body.length, 0, 3)
  framed.set(body, 3)
  return framed
}
