// What was decrypted, and the form in which it is kept.

/** One message may come in several ciphertexts. */
export interface Opened {
  /** The same for all of one message. */
  message: string
  /** What the server said of it. */
  attrs: Record<string, string>
  /** The account as it was then, by phone and by LID. */
  me: string | null
  meLid: string | null
  plain: Uint8Array
  /** When, in milliseconds since the epoch; absent in what an earlier version has written. */
  openedAt?: number
}

/** The length of the head in four bytes, the head as JSON, and the plaintext as it is. */
export function pack({ plain, ...head }: Opened): Uint8Array {
  const json = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(json.length)
  return Buffer.concat([length, json, plain])
}

/** Throws where the bytes are not what `pack` made. */
export function unpack(value: Uint8Array): Opened {
  const bytes = Buffer.from(value)
  const end = 4 + bytes.readUInt32BE(0)
  const head = JSON.parse(bytes.toString('utf8', 4, end)) as Omit<Opened, 'plain'>
  return { ...head, plain: bytes.subarray(end) }
}
