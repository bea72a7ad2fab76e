// Messages both ways while the fleet lives: every outbound text is accepted once and asked about until WhatsApp has acknowledged it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Cast } from './stage.ts'

export interface TrafficCounts {
  accepted: number
  acked: number
  /** Ended without an acknowledgement. */
  failed: number
  /** Times that the agent sent a text again, under the same id. */
  resent: number
  written: number
}

export class Traffic {
  readonly counts: TrafficCounts = { accepted: 0, acked: 0, failed: 0, resent: 0, written: 0 }
  /** Every text of this traffic: who tries the demo sends others. */
  readonly texts = new Set<string>()
  /** Texts whose acknowledgement was seen, to be found in the simulator's ledger. */
  readonly ackedTexts = new Set<string>()
  /** Texts that the agent says may have been sent twice. */
  readonly markedTexts = new Set<string>()
  #stage: Cast
  #over = false
  #pursuits = new Set<Promise<void>>()

  constructor(stage: Cast) {
    this.#stage = stage
    for (const [i, { id, phone }] of stage.accounts.entries()) {
      void this.#sendFrom(id, i)
      void this.#writeTo(phone, i)
    }
  }

  /** Stops writing and waits, at most so long, until every text is acknowledged. */
  async finish(withinMs: number): Promise<void> {
    this.#over = true
    await Promise.race([Promise.all(this.#pursuits), sleep(withinMs, undefined, { ref: false })])
  }

  async #sendFrom(account: string, i: number): Promise<void> {
    for (let n = 1; !this.#over; n++) {
      await sleep(500 + 30 * i)
      const up = (await this.#stage.agent.connections().catch(() => [])).find(
        (c) => c.account === account,
      )?.up
      if (!up || this.#over) continue
      // Every second one is for the pool: whoever may send it.
      const pursuit = this.#pursue(
        n % 2 === 0 ? { account } : { pool: 'default' },
        `+4479460${String(10000 + i * 100 + (n % 7))}`,
        `${account} writes ${n}`,
      )
      this.#pursuits.add(pursuit)
      void pursuit.finally(() => this.#pursuits.delete(pursuit))
    }
  }

  /** Accepted once, whatever it takes; then it is the agent's to send, and it is asked until that is done. */
  async #pursue(from: { account: string } | { pool: string }, to: string, text: string): Promise<void> {
    this.counts.accepted += 1
    this.texts.add(text)
    const { agent } = this.#stage
    let id: string | undefined
    for (let tries = 0; tries < 120; tries++) {
      try {
        id ??= await agent.accept({ ...from, to, text }, text.replaceAll(' ', '-'))
        const { state, attempts, open, possibleDuplicate } = await agent.message(id)
        if (!open) {
          this.counts.resent += attempts - 1
          if (possibleDuplicate) this.markedTexts.add(text)
          if (state !== 'acked' && state !== 'delivered' && state !== 'read') {
            this.counts.failed += 1
            return
          }
          this.counts.acked += 1
          this.ackedTexts.add(text)
          return
        }
      } catch {
        await sleep(250)
      }
    }
  }

  async #writeTo(phone: string, i: number): Promise<void> {
    const { client } = this.#stage.simulator
    for (let n = 1; !this.#over; n++) {
      await sleep(700 + 30 * i)
      const linked = (await client.accounts().catch(() => [])).some(
        (a) => a.phone.endsWith(phone.slice(1)) && a.linked,
      )
      if (!linked || this.#over) continue
      const ids = await client
        .send({ from: `+4479461${String(10000 + i)}`, to: phone, text: `hello ${n}` })
        .catch(() => [])
      this.counts.written += ids.length
    }
  }
}
