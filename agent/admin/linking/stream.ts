// The linking of one account as server-sent events: the present view first, then every change, until the phone is linked or the reader has gone.

import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { AnyEvent, Bus } from '../../events.ts'
import type { Member } from '../../fleet/fleet.ts'
import { renderCode } from '../../pairing/render.ts'
import { Problem } from '../problem.ts'
import { type Linking, linkingOf } from './view.ts'

/** Readers at a time, over all accounts. */
const MOST = 100
/** Of those, so many of one account by link: who holds one must not keep operators out. */
const MOST_BY_LINK = 10
/** Proxies give up on a silent answer, commonly after a minute. */
const BEAT_MS = 15_000
/** A little after its end, a code that nothing has replaced is taken off the screen. */
const LATE_MS = 50

/** One frame; times are milliseconds from now, because the reader's clock may be wrong. */
export interface LinkingFrame {
  account: string
  /** Last digits of the phone, so that nobody takes the wrong one. */
  phoneEnding: string
  state: Linking['state']
  words: string
  attempt: number | null
  /** Which attempt of the row this is, from 1, and how many there may be before a code must be typed. */
  turn: number
  turns: number
  code: string | null
  svg: string | null
  lifeLeftMs: number | null
}

export class LinkingStreams {
  #bus: Bus
  #turns: number
  #open = 0
  #byLink = new Map<string, number>()

  /** @param turns attempts with QR codes in a row */
  constructor(bus: Bus, turns: number) {
    this.#bus = bus
    this.#turns = turns
  }

  /**
   * @param holds whether the reader's token is still good: the stream ends soon after it is not
   * @param link where the reader has no more than a link: it ends with that, and there are fewer places
   */
  answer(c: Context, member: Member, holds: () => Promise<boolean>, link?: { until: number }): Response {
    const { id } = member.account
    if (link && (this.#byLink.get(id) ?? 0) >= MOST_BY_LINK)
      throw new Problem(
        503,
        'too-many-streams',
        `${MOST_BY_LINK} readers follow this account by link already`,
        { 'retry-after': '30' },
      )
    if (this.#open >= MOST)
      throw new Problem(503, 'too-many-streams', `${MOST} linking pages are open already`, {
        'retry-after': '30',
      })
    this.#open += 1
    if (link) this.#byLink.set(id, (this.#byLink.get(id) ?? 0) + 1)
    c.header('x-accel-buffering', 'no')
    const until = link?.until ?? Number.POSITIVE_INFINITY
    const answer = streamSSE(c, async (stream) => {
      const alarm = new Alarm()
      const leave = this.#bus.onAny((event) => {
        if (event.account === id && matters(event)) alarm.ring()
      })
      stream.onAbort(() => alarm.ring())
      try {
        let shown = ''
        // Asked at every look, so at least once in BEAT_MS.
        while (!stream.aborted && Date.now() < until && (await holds())) {
          const frame = await this.#look(member)
          const { lifeLeftMs: _, ...what } = frame
          const text = JSON.stringify(what)
          if (text === shown) await stream.write(': still here\n\n')
          else await stream.writeSSE({ event: 'linking', data: JSON.stringify(frame) })
          shown = text
          if (frame.state === 'linked') return
          const beatMs = frame.lifeLeftMs === null ? BEAT_MS : Math.min(BEAT_MS, frame.lifeLeftMs + LATE_MS)
          const leftMs = until - Date.now()
          if (leftMs > 0) await alarm.wait(Math.min(leftMs, beatMs))
        }
      } finally {
        leave()
        this.#open -= 1
        if (link) this.#byLink.set(id, (this.#byLink.get(id) ?? 1) - 1)
      }
    })
    // The helper would let a proxy keep it.
    answer.headers.set('cache-control', 'no-store')
    return answer
  }

  /** Being sent to a reader is being viewed: once for each code, and a session that waits for somebody to ask begins. */
  async #look({ account, session }: Member): Promise<LinkingFrame> {
    const known = session.pairing.current()
    const seen = known !== null && known.code === this.#viewed.get(account.id)
    const code = seen ? known : session.viewCode()
    if (code) this.#viewed.set(account.id, code.code)
    const { snapshot, pairing } = session
    const linking = linkingOf({ snapshot, code, lastOutcome: pairing.lastOutcome })
    const svg = linking.state === 'code' && code ? String((await renderCode(code.code, 'svg')).body) : null
    return {
      account: account.id,
      phoneEnding: account.phone.slice(-2),
      state: linking.state,
      words: linking.words,
      attempt: pairing.attempt?.number ?? null,
      turn: Math.min(pairing.inARow + 1, this.#turns),
      turns: this.#turns,
      code: linking.code?.code ?? null,
      svg,
      lifeLeftMs: linking.code ? Math.max(0, linking.code.expiresAt - Date.now()) : null,
    }
  }

  /** The code that each account's readers were last shown. */
  #viewed = new Map<string, string>()
}

function matters({ type }: AnyEvent): boolean {
  return type === 'session.state-changed' || (type.startsWith('pairing.') && type !== 'pairing.code-viewed')
}

/** Wakes whoever waits; one that rings while nobody waits is kept for the next. */
class Alarm {
  #wake: (() => void) | null = null
  #rung = false

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      this.#wake = resolve
      await promise
      clearTimeout(timer)
      this.#wake = null
    }
    this.#rung = false
    // Events come one after another, in the middle of a change: look when it is whole.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}
