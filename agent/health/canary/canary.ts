// Idle accounts of a fleet are sent a test message by one another now and then: what is heard, and what is not, becomes an event.

import type { Bus } from '../../events.ts'
import { afterQuiet } from '../../late.ts'
import { mintMessageId } from '../../session/message-id.ts'
import { type Outgoing, SendError } from '../../session/socket.ts'
import type { CanaryOutcome, SessionState } from '../../words.ts'
import type { CanaryBook } from './book.ts'
import { nextProbe, type Probe, type Rules } from './plan.ts'
import { Standings } from './standing.ts'
import { canaryText } from './text.ts'

export interface CanaryMember {
  account: string
  /** E.164 */
  phone: string
  pool: string
  readonly state: SessionState
  /** When the present connection opened, milliseconds since the epoch; null when it is not open. */
  readonly openedAt: number | null
  /** Resolves when the server has acknowledged it. Rejects with SendError. */
  send(message: Outgoing): Promise<number>
  /** Asks the server for a sign of life now. */
  probe(): Promise<boolean>
}

export interface CanarySettings extends Rules {
  /** From the acknowledgement until a test that has not come is given up, in milliseconds. */
  deadlineMs: number
  /** Between two looks for an account that is due, in milliseconds. */
  lookEveryMs: number
}

/** Test messages that follow one another faster are what WhatsApp takes for spam. */
export const canaryPace = { spacingMs: 60_000, lookEveryMs: 5_000 } as const satisfies Partial<CanarySettings>

export interface CanaryParts {
  bus: Bus
  book: CanaryBook
  /** Every account of this process. */
  members(): Iterable<CanaryMember>
  settings: CanarySettings
  /** Uniform in [0, 1). */
  random(): number
}

export class Canary {
  #parts: CanaryParts
  #standings: Standings
  #lastAt: number | null = null
  #stopped = false

  constructor(parts: CanaryParts) {
    const { intervalMs, spacingMs } = parts.settings
    this.#parts = parts
    this.#standings = new Standings(intervalMs, Math.min(intervalMs, spacingMs), parts.random)
  }

  /** Begins; answers the function that ends it, after which nothing more is sent or said. */
  start(): () => void {
    const { bus, book, settings } = this.#parts
    const leave = bus.onAny((event) => {
      // Tests are no activity: two accounts that test one another are as idle as before.
      const ours = 'messageId' in event && book.knows(event.messageId)
      if (ours && event.type !== 'canary.strayed') return
      this.#standings.take(event, performance.now())
    })
    // From now on everybody is known and quiet.
    this.look()
    const looks = setInterval(() => this.look(), settings.lookEveryMs)
    looks.unref()
    return () => {
      this.#stopped = true
      clearInterval(looks)
      leave()
    }
  }

  /** Sends the next test, if one is due. */
  look(): void {
    const { members, settings, random } = this.#parts
    const now = performance.now()
    const known = new Map<string, CanaryMember>()
    for (const member of members()) known.set(member.account, member)
    this.#standings.keepOnly(new Set(known.keys()))
    const candidates = [...known.values()].map(({ account, pool, state }) =>
      this.#standings.candidate(account, pool, state === 'open', now),
    )
    const sinceLastMs = this.#lastAt === null ? null : now - this.#lastAt
    const probe = nextProbe(candidates, sinceLastMs, settings, random())
    const from = known.get(probe?.from ?? '')
    const to = known.get(probe?.to ?? '')
    if (!probe || !from || !to) return
    this.#lastAt = now
    void this.#run(probe, from, to)
  }

  async #run(probe: Probe, from: CanaryMember, to: CanaryMember): Promise<void> {
    const { bus, book } = this.#parts
    const messageId = mintMessageId()
    const startedAt = performance.now()
    this.#standings.begin(probe, startedAt)
    const outcome = await this.#send(messageId, from, to)
    book.end(messageId)
    const endedAt = performance.now()
    const missed = this.#standings.end(probe, outcome, endedAt)
    if (this.#stopped || outcome === null) return
    const account = outcome === 'received' || outcome === 'not-received' ? to.account : from.account
    const ms = Math.round(endedAt - startedAt)
    bus.emit('canary.probed', { outcome, from: from.account, messageId, ms }, { account })
    if (outcome === 'not-received' && missed === 1) await to.probe().catch(() => false)
  }

  /** Null when it proves nothing: the receiver's connection was not the same one all the time. */
  async #send(messageId: string, from: CanaryMember, to: CanaryMember): Promise<CanaryOutcome | null> {
    const { openedAt } = to
    const { promise: arrived, resolve } = Promise.withResolvers<'received'>()
    this.#parts.book.begin(messageId, { to: to.account, arrived: () => resolve('received') })
    const message = { messageId, to: `${to.phone.replace(/^\+/, '')}@s.whatsapp.net`, text: canaryText() }
    let giveUp = (): void => {}
    const sent = from.send(message).then(
      () =>
        new Promise<'not-received'>((late) => {
          giveUp = afterQuiet(this.#parts.settings.deadlineMs, () => late('not-received'))
        }),
      (error) => (error instanceof SendError && error.outcome === 'failed' ? 'failed' : 'not-acked'),
    )
    const outcome = await Promise.race([arrived, sent])
    giveUp()
    return outcome === 'not-received' && (openedAt === null || to.openedAt !== openedAt) ? null : outcome
  }
}
