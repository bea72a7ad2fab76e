// A steady stream of messages to a pool over HTTP, each text once, and what became of every one that was accepted.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene } from '../../harness/scene.ts'

export interface Sent {
  id: string
  text: string
  to: string
}

/** Conversations that the messages belong to. */
const PEOPLE = 60

export class Traffic {
  readonly accepted: Sent[] = []
  /** Answers other than 202, by what they were. */
  readonly refused = new Map<string, number>()
  #scene: Scene
  #name: string
  #perSecond: number
  #over = false
  #asking = new Set<Promise<void>>()
  #running: Promise<void> | null = null

  constructor(scene: Scene, name: string, perSecond: number) {
    this.#scene = scene
    this.#name = name
    this.#perSecond = perSecond
  }

  start(): void {
    this.#running = this.#run()
  }

  /** No more; resolves when every request was answered. */
  async stop(): Promise<void> {
    this.#over = true
    await this.#running
    await Promise.all(this.#asking)
  }

  async #run(): Promise<void> {
    const startedAt = performance.now()
    for (let n = 0; !this.#over; n++) {
      const dueAt = startedAt + (n * 1000) / this.#perSecond
      const wait = dueAt - performance.now()
      if (wait > 1) await sleep(wait)
      const asking = this.#accept(n)
      this.#asking.add(asking)
      void asking.finally(() => this.#asking.delete(asking))
    }
  }

  async #accept(n: number): Promise<void> {
    const text = `${this.#name} message ${n}`
    const to = `+44794${8000000 + (n % PEOPLE)}`
    const response = await this.#scene
      .ask('/api/messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': text.replaceAll(' ', '-') },
        body: JSON.stringify({ pool: 'default', to, text }),
      })
      .catch((error: Error) => String((error.cause as Error | undefined)?.message ?? error.message))
    if (typeof response === 'string') this.#refuse(response)
    else if (response.ok) this.accepted.push({ id: ((await response.json()) as { id: string }).id, text, to })
    else this.#refuse(`${response.status} ${(await response.text()).slice(0, 200)}`)
  }

  #refuse(why: string): void {
    this.refused.set(why, (this.refused.get(why) ?? 0) + 1)
  }
}
