// A file as numbered lines, a piece at a time; a line without an end cannot fill the memory.

import { createReadStream } from 'node:fs'

/** A trace line has about 60 characters; what is longer than this was not written as one. */
const maxLength = 10_000

export interface NumberedLine {
  /** From 1. */
  number: number
  /** At most 10,000 characters; what follows is left out and `whole` is false. */
  text: string
  whole: boolean
}

/** Pieces of about 64 KB, each the lines that ended in it. Rejects as the file system does. */
export async function* numberedLines(path: string): AsyncGenerator<NumberedLine[]> {
  let number = 0
  let rest = ''
  let whole = true
  const take = (text: string): NumberedLine => {
    number += 1
    const line = { number, text: text.endsWith('\r') ? text.slice(0, -1) : text, whole }
    whole = true
    return line
  }
  for await (const piece of createReadStream(path, { encoding: 'utf8' })) {
    const parts = (rest + piece).split('\n')
    rest = parts.pop() ?? ''
    yield parts.map(take)
    if (rest.length > maxLength) {
      rest = rest.slice(0, maxLength)
      whole = false
    }
  }
  if (rest !== '') yield [take(rest)]
}
