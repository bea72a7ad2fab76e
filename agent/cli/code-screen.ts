// A code in a terminal: on a screen the next one replaces it and the seconds run; in a pipe each is printed once.

import type { LinkingFrame } from '../admin/linking/stream.ts'
import type { CommandIo } from './io.ts'

const CLEAR = '\x1b[H\x1b[2J'
const LINE = '\r\x1b[2K'

export class CodeScreen {
  #io: CommandIo
  #timer: NodeJS.Timeout | undefined
  #endsAt = 0

  constructor(io: CommandIo) {
    this.#io = io
  }

  /** @param code as lines of text; empty where there is none to show */
  show(frame: LinkingFrame, code: string): void {
    this.end()
    const { account, phoneEnding, words, lifeLeftMs, state, turn, turns } = frame
    const attempt = state === 'code' && turn > 1 ? ` Attempt ${turn} of ${turns}.` : ''
    const life = lifeLeftMs === null || this.#io.screen ? '' : ` Good for ${Math.ceil(lifeLeftMs / 1000)} s.`
    const head = `${account}, number ending in ${phoneEnding}. ${words}${attempt}${life}\n`
    this.#io.out(`${this.#io.screen ? CLEAR : ''}${head}${code}`)
    if (lifeLeftMs === null || !this.#io.screen) return
    this.#endsAt = performance.now() + lifeLeftMs
    this.#timer = setInterval(() => this.#tick(), 1_000)
    this.#tick()
  }

  /** Leaves the cursor at the beginning of a line. */
  end(): void {
    if (this.#timer) this.#io.out('\n')
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    const left = Math.ceil((this.#endsAt - performance.now()) / 1000)
    // What has expired must not stay on the screen.
    if (left > 0) {
      this.#io.out(`${LINE}good for ${left} s`)
      return
    }
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#io.out(`${CLEAR}A code is on its way.\n`)
  }
}
