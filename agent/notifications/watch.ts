// What the pager has sent becomes events, each once and in its order; where the agent stopped it goes on, and a pager that is away is said once.

import type { Bus, EventOf } from '../events.ts'
import type { History } from '../history/port.ts'
import type { Notification, PagerClient } from './client.ts'

/** In one question; more are asked for at once. */
const AT_ONCE = 200
/** More than there will ever be: the pager answers with the cursor that it is at. */
const NOW = 2 ** 52

export interface WatchParts {
  client: Pick<PagerClient, 'sentAfter'>
  bus: Bus
  history: Pick<History, 'read'>
  pollMs: number
  /** Whether it is one of the fleet's: an alert may name anything. */
  isAccount(id: string): boolean
}

export class NotificationWatch {
  #parts: WatchParts
  #cursor: number | null = null
  #awaySince: number | null = null
  #stopping = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #polling: Promise<void> = Promise.resolve()

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  /** Answers the function that stops it. */
  start(): () => Promise<void> {
    const again = (): void => {
      this.#polling = this.poll().finally(() => {
        if (this.#stopping.signal.aborted) return
        this.#timer = setTimeout(again, this.#parts.pollMs)
        this.#timer.unref()
      })
    }
    again()
    return async () => {
      this.#stopping.abort()
      if (this.#timer) clearTimeout(this.#timer)
      await this.#polling
    }
  }

  /** Asks until there is nothing more. Never rejects. */
  async poll(): Promise<void> {
    const { bus } = this.#parts
    const startedAt = performance.now()
    const polled = (outcome: 'ok' | 'failed', count: number): void =>
      void bus.emit('pager.polled', { outcome, count, ms: performance.now() - startedAt })
    let count = 0
    try {
      for (let more = true; more && !this.#stopping.signal.aborted; ) {
        this.#cursor ??= await this.#begin()
        const { notifications, cursor } = await this.#parts.client.sentAfter(
          this.#cursor,
          AT_ONCE,
          this.#stopping.signal,
        )
        for (const each of notifications) this.#tell(each, cursor)
        count += notifications.length
        this.#cursor = cursor
        more = notifications.length === AT_ONCE
      }
      polled('ok', count)
      if (this.#awaySince !== null) bus.emit('pager.reachable', { downMs: Date.now() - this.#awaySince })
      this.#awaySince = null
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      polled('failed', count)
      if (this.#awaySince === null) bus.emit('pager.unreachable', { detail: (error as Error).message })
      this.#awaySince ??= Date.now()
    }
  }

  /** Where the last event of the history says; what was sent before anybody followed is left to the pager's own history. */
  async #begin(): Promise<number> {
    const [last] = await this.#parts.history.read({ type: 'notification.sent', limit: 1 })
    const kept = (last as Partial<EventOf<'notification.sent'>> | undefined)?.cursor
    if (typeof kept === 'number' && Number.isSafeInteger(kept) && kept >= 0) return kept
    return (await this.#parts.client.sentAfter(NOW, 1, this.#stopping.signal)).cursor
  }

  #tell(notification: Notification, cursor: number): void {
    const { bus, isAccount } = this.#parts
    const { id, account, type, channels, status, metadata, sentAt } = notification
    const { severity, kind, attempts } = metadata
    const data = { notification: id, issue: type, channels, status, severity, kind, attempts, sentAt, cursor }
    bus.emit('notification.sent', data, account !== null && isAccount(account) ? { account } : {})
  }
}
