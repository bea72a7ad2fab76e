// One connection listens for all channels; when it was lost and is back, every listener is told that something may have been missed.

import type pg from 'pg'
import { Channels } from '../channels.ts'
import { type Heard, StoreError } from '../sql.ts'
import { Turns } from '../turns.ts'
import { cut, type Server } from './server.ts'

export class PostgresListener {
  #server: Server
  #channels: Channels
  #onLost: () => void
  #client: pg.Client | null = null
  // Connecting, LISTEN and UNLISTEN one after another, so that what is listened to is what is asked for.
  #turns = new Turns()
  #retry: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #closed = false

  constructor(server: Server, onError: (error: unknown) => void, onLost: () => void) {
    this.#server = server
    this.#channels = new Channels(onError)
    this.#onLost = onLost
  }

  /** Rejects with StoreError when the server cannot be reached; then nothing is listened to. */
  async listen(channel: string, heard: Heard): Promise<() => Promise<void>> {
    let remove: (() => void) | undefined
    await this.#turns.take(async () => {
      const client = this.#client ?? (await this.#connect())
      await this.#say(client, `LISTEN "${channel}"`)
      remove = this.#channels.add(channel, heard)
    })
    return async () => {
      remove?.()
      await this.#turns.take(async () => {
        // A connection that is gone listens to nothing anyway.
        if (this.#client && !this.#channels.has(channel))
          await this.#say(this.#client, `UNLISTEN "${channel}"`).catch(() => {})
      })
    }
  }

  close(): void {
    this.#closed = true
    this.#channels.clear()
    clearTimeout(this.#retry)
    clearInterval(this.#heartbeat)
    if (this.#client) cut(this.#client)
    this.#client = null
  }

  async #connect(): Promise<pg.Client> {
    clearTimeout(this.#retry)
    if (this.#closed) throw new StoreError('the store is closed')
    const client: pg.Client = await this.#server.connect(() => this.#lost(client))
    if (this.#closed) {
      cut(client)
      throw new StoreError('the store is closed')
    }
    client.on('notification', ({ channel, payload }) => this.#channels.tell(channel, payload ?? ''))
    this.#client = client
    clearInterval(this.#heartbeat)
    // Nothing is ever sent on this connection otherwise, and a dead path to a silent server looks like silence.
    this.#heartbeat = setInterval(
      () => void this.#turns.take(() => this.#say(client, 'SELECT 1')).catch(() => {}),
      this.#server.limits.heartbeatMs,
    ).unref()
    if (this.#channels.names().length > 0) await this.#resume(client)
    return client
  }

  async #resume(client: pg.Client): Promise<void> {
    for (const channel of this.#channels.names()) await this.#say(client, `LISTEN "${channel}"`)
    this.#channels.tellMissed()
  }

  async #say(client: pg.Client, statement: string): Promise<void> {
    try {
      await client.query(statement)
    } catch (error) {
      this.#lost(client)
      throw this.#server.unreachable(error)
    }
  }

  #lost(client: pg.Client): void {
    cut(client)
    if (this.#client !== client) return
    this.#client = null
    clearInterval(this.#heartbeat)
    if (this.#closed) return
    this.#onLost()
    if (this.#channels.names().length > 0) this.#retryLater()
  }

  #retryLater(): void {
    clearTimeout(this.#retry)
    // Many agents lose the same server at the same moment.
    const delayMs = this.#server.limits.retryMs * (0.5 + Math.random() / 2)
    this.#retry = setTimeout(() => {
      const again = this.#turns.take(async () => void (this.#client ?? (await this.#connect())))
      again.catch(() => {
        if (!this.#closed && !this.#client) this.#retryLater()
      })
    }, delayMs).unref()
  }
}
