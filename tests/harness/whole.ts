// Whole numbers on a command line: anything else is refused with what is allowed.

import { InvalidArgumentError } from 'commander'

/** A parser for commander; both ends are allowed. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (!Number.isInteger(n) || n < min || n > max)
      throw new InvalidArgumentError(`allowed: a whole number from ${min} to ${max}.`)
    return n
  }
}
