// Messages both ways while agents die: a text is sent again under its id until an agent says that WhatsApp acknowledged it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { SpawnedSimulator } from '../../simulator/index.ts'

export interface Correspondent {
  id: string
  phone: string
}

const SEND_EVERY_MS = 250
const GIVE_UP_AFTER_MS = 120_000

export class Correspondence {
  readonly acked = new Set<string>()
  readonly unanswered = new Set<string>()
  written = 0
  /** Where the agent answers now; changes when another one takes over. */
  adminUrl = ''
  #token: string
  #over = false
  #pursuits = new Set<Promise<void>>()

  constructor(simulator: SpawnedSimulator, accounts: readonly Correspondent[], token: string) {
    this.#token = token
    for (const [i, account] of accounts.entries()) {
      void this.#sendFrom(account, i)
      void this.#writeTo(simulator, account, i)
    }
  }

  /** Writes nothing new and waits until everything is acknowledged or given up. */
  async finish(withinMs: number): Promise<void> {
    this.#over = true
    await Promise.race([Promise.all(this.#pursuits), sleep(withinMs, undefined, { ref: false })])
  }

  async #sendFrom({ id }: Correspondent, i: number): Promise<void> {
    for (let n = 1; !this.#over; n++) {
      await sleep(SEND_EVERY_MS + 7 * i)
      // What is begun after the end is waited for by nobody.
      if (this.#over) return
      if (this.adminUrl === '' || this.#pursuits.size > 200) continue
      const pursuit = this.#pursue(id, `+4479470${String(10000 + 10 * i + (n % 3))}`, `${id} says ${n}`)
      this.#pursuits.add(pursuit)
      void pursuit.finally(() => this.#pursuits.delete(pursuit))
    }
  }

  async #pursue(account: string, to: string, text: string): Promise<void> {
    const messageId = `3EB0${Buffer.from(text).toString('hex').toUpperCase().padEnd(36, '0').slice(0, 36)}`
    const deadline = Date.now() + GIVE_UP_AFTER_MS
    this.unanswered.add(text)
    while (Date.now() < deadline) {
      if (await this.#send({ account, to, text, messageId })) {
        this.acked.add(text)
        this.unanswered.delete(text)
        return
      }
      await sleep(400)
    }
  }

  async #send(body: { account: string; to: string; text: string; messageId: string }): Promise<boolean> {
    try {
      const response = await fetch(`${this.adminUrl}/api/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      return response.ok
    } catch {
      return false // no agent there, or one that died while answering
    }
  }

  async #writeTo({ client }: SpawnedSimulator, { id, phone }: Correspondent, i: number): Promise<void> {
    for (let n = 1; !this.#over; n++) {
      await sleep(SEND_EVERY_MS + 11 * i)
      const from = `+4479480${String(10000 + 10 * i + (n % 3))}`
      const ids = await client.send({ from, to: phone, text: `to ${id} ${n}` }).catch(() => [])
      this.written += ids.length
    }
  }
}
