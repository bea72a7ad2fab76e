// Messages both ways while agents die: a text is sent again under its id until an agent says that WhatsApp acknowledged it.

import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../../harness/until.ts'
import type { SpawnedSimulator } from '../../simulator/index.ts'
import type { ChaosAgent } from './agents.ts'

export interface Correspondent {
  id: string
  phone: string
}

const SEND_EVERY_MS = 250
const GIVE_UP_AFTER_MS = 120_000
/** So many texts may wait for an agent; a dead one would otherwise leave its successor nothing but old ones to send. */
const MOST_UNDER_WAY = 60
const PEERS = 3
/** Everything on its way is acknowledged within this, sends that wait for a dead agent's time-out included. */
const QUIET_WITHIN_MS = 90_000

/** Who writes to the account at the index, and whom it writes to: the same people, so that both ends begin at once and sessions cross. */
export const writersOf = (i: number): string[] => people(`+4479480${10_000 + 10 * i}`)
export const readersOf = writersOf

function people(first: string): string[] {
  return Array.from({ length: PEERS }, (_, n) => `+${Number(first) + n}`)
}

export class Correspondence {
  readonly acked = new Set<string>()
  readonly unanswered = new Set<string>()
  written = 0
  /** Where the agent answers now; changes when another one takes over. */
  adminUrl = ''
  #token: string
  #over = false
  #paused = false
  #pursuits = new Set<Promise<void>>()
  #writing = 0
  #simulator: SpawnedSimulator

  constructor(simulator: SpawnedSimulator, accounts: readonly Correspondent[], token: string) {
    this.#token = token
    this.#simulator = simulator
    for (const [i, account] of accounts.entries()) {
      void this.#sendFrom(account, i)
      void this.#writeTo(account, i)
    }
  }

  /** Begins nothing new; resolves when nothing is on its way in either direction, receipts included. */
  async pause(): Promise<void> {
    this.#paused = true
    const { client } = this.#simulator
    const quiet = async (): Promise<boolean> =>
      this.#pursuits.size === 0 &&
      this.#writing === 0 &&
      (await client.summary()).inbound.pending === 0 &&
      (await client.accounts()).every(({ pending }) => pending === 0)
    await until(() => `nothing is on its way; ${this.#pursuits.size} texts are`, quiet, QUIET_WITHIN_MS)
  }

  resume(): void {
    this.#paused = false
  }

  end(): void {
    this.#over = true
  }

  /** Sends one text; resolves when it was acknowledged or given up. */
  send(account: string, to: string, text: string): Promise<void> {
    const pursuit = this.#pursue(account, to, text)
    this.#pursuits.add(pursuit)
    return pursuit.finally(() => this.#pursuits.delete(pursuit))
  }

  /** Asks an agent to throw the credentials of an account away and to pair again. What it answers is for the store to show. */
  async startOver(agent: ChaosAgent, phone: string): Promise<void> {
    const path = `/api/dashboard/quick-actions/${encodeURIComponent(phone)}/reset-qr`
    await this.#post((await agent.listening()) + path).catch(() => {})
  }

  /** Somebody writes to an account; answers the message's id. Rejects as the simulator does. */
  async write(from: string, to: string, text: string): Promise<string[]> {
    this.#writing += 1
    try {
      const ids = await this.#simulator.client.send({ from, to, text })
      this.written += ids.length
      return ids
    } finally {
      this.#writing -= 1
    }
  }

  async #sendFrom({ id }: Correspondent, i: number): Promise<void> {
    const peers = readersOf(i)
    for (let n = 1; !this.#over; n++) {
      await sleep(SEND_EVERY_MS + 7 * i)
      // What is begun after the end is waited for by nobody.
      if (this.#over || this.#paused || this.adminUrl === '' || this.#pursuits.size > MOST_UNDER_WAY) continue
      void this.send(id, peers[n % PEERS] as string, `${id} says ${n}`)
    }
  }

  async #writeTo({ id, phone }: Correspondent, i: number): Promise<void> {
    const peers = writersOf(i)
    for (let n = 1; !this.#over; n++) {
      await sleep(SEND_EVERY_MS + 11 * i)
      if (this.#over || this.#paused) continue
      await this.write(peers[n % PEERS] as string, phone, `to ${id} ${n}`).catch(() => [])
    }
  }

  async #pursue(account: string, to: string, text: string): Promise<void> {
    // The same words are the same message, whichever agent is asked, and however often.
    const key = createHash('sha256').update(text).digest('hex')
    const deadline = Date.now() + GIVE_UP_AFTER_MS
    this.unanswered.add(text)
    while (Date.now() < deadline) {
      if (await this.#ask({ account, to, text }, key)) {
        this.acked.add(text)
        this.unanswered.delete(text)
        return
      }
      await sleep(400)
    }
  }

  async #ask(body: { account: string; to: string; text: string }, key: string): Promise<boolean> {
    try {
      const response = await this.#post(`${this.adminUrl}/api/messages?wait=5s`, body, {
        'idempotency-key': key,
      })
      const { state } = (await response.json()) as { state?: string }
      return state === 'acked' || state === 'delivered' || state === 'read'
    } catch {
      return false // no agent there, or one that died while answering
    }
  }

  #post(url: string, body: object = {}, more: Record<string, string> = {}): Promise<Response> {
    return fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
  }
}
