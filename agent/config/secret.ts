// A secret does not show itself: printing, logging or serialising the configuration gives "[secret]".

import { inspect } from 'node:util'

/** A value that only leaves by `reveal()`. */
export class Secret {
  #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself; do not log it. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
