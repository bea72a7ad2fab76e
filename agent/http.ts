// Starting an HTTP listener so that a port in use, a missing right or a wrong address is one clear error, and stopping it in bounded time.

import type { IncomingMessage, Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Listen } from './config/listen.ts'
import type { Certificate, Followed } from './tls.ts'

export interface Listener {
  /** Where it answers, with the port that was taken. */
  url: string
  /** Stops accepting at once and cuts what is still open after `graceMs`; handlers whose caller is gone have as long again to end. */
  close(graceMs: number): Promise<void>
}

/** Who takes connections away from HTTP. */
export interface Upgrades {
  /** A request that is not wanted is answered like one without an upgrade. */
  wants(request: IncomingMessage): boolean
  /** Owns the socket from then on. Never rejects. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
}

/** A certificate, and who hears of its rotation. */
export interface Secured extends Followed {
  certificate: Certificate
  /** How often its files are looked at, in milliseconds, where the usual is not meant. */
  lookMs?: number
}

/** The address cannot be listened on; `what` says which setting to change. */
export class ListenError extends Error {
  constructor(what: string, { host, port }: Listen, cause: NodeJS.ErrnoException) {
    const why =
      cause.code === 'EADDRINUSE'
        ? 'the port is in use by another process'
        : cause.code === 'EACCES'
          ? 'no right to use that port'
          : cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND'
            ? 'this machine has no such address'
            : cause.message
    super(`${what}: cannot listen on ${host}:${port}: ${why}`, { cause })
    this.name = 'ListenError'
  }
}

/** How long a client may take, in milliseconds, and how often that is looked at. */
export interface Patience {
  headersMs: number
  requestMs: number
  lookMs: number
}

/** A client that sends its headers or body one byte at a time is cut off. */
const usualPatience: Patience = { headersMs: 10_000, requestMs: 30_000, lookMs: 5_000 }

/**
 * @param what the configuration key of the address, for the error message
 * @param secured over TLS instead of in clear
 */
export function listen(
  // biome-ignore lint/suspicious/noExplicitAny: an app of any environment can be served
  app: Hono<any>,
  at: Listen,
  what: string,
  upgrades?: Upgrades,
  secured?: Secured,
  patience: Patience = usualPatience,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const upgraded = new Set<Duplex>()
    const handlers = new Handlers(app)
    const serverOptions = {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.lookMs,
      ...(upgrades && { shouldUpgradeCallback: upgrades.wants }),
      ...secured?.certificate.options,
    }
    const where = { fetch: handlers.fetch, hostname: at.host, port: at.port }
    const options = secured
      ? { ...where, createServer: createTlsServer, serverOptions }
      : { ...where, serverOptions }
    const server = serve(options, ({ port }: AddressInfo) => {
      server.off('error', onError)
      const host = at.host === '0.0.0.0' || at.host === '::' ? '127.0.0.1' : at.host
      resolve({
        url: `${secured ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
        close: async (graceMs) => {
          unfollow?.()
          await close(server, upgraded, graceMs)
          await handlers.end(graceMs)
        },
      })
    }) as Server
    const unfollow = secured?.certificate.follow(server as TlsServer, secured, secured.lookMs)
    if (upgrades)
      server.on('upgrade', (request, socket, head) => {
        upgraded.add(socket)
        socket.once('close', () => upgraded.delete(socket))
        void upgrades.take(request, socket, head)
      })
    const onError = (error: NodeJS.ErrnoException): void => reject(new ListenError(what, at, error))
    server.once('error', onError)
  })
}

type Fetch = Hono['fetch']

/** What is done for a request goes on when its connection is cut, and must not meet a store that was closed meanwhile. */
class Handlers {
  readonly fetch: Fetch
  #busy = new Set<Promise<unknown>>()

  // biome-ignore lint/suspicious/noExplicitAny: an app of any environment can be served
  constructor(app: Hono<any>) {
    this.fetch = (...asked) => {
      const answer = app.fetch(...asked)
      if (answer instanceof Promise) this.#follow(answer)
      return answer
    }
  }

  /** Waits up to `ms` for those under way. Never rejects. */
  async end(ms: number): Promise<void> {
    const over = new AbortController()
    const late = sleep(ms, undefined, { signal: over.signal }).catch(() => {})
    await Promise.race([Promise.all(this.#busy), late])
    over.abort()
  }

  #follow(answer: Promise<unknown>): void {
    const ended: Promise<unknown> = answer.catch(() => {}).finally(() => this.#busy.delete(ended))
    this.#busy.add(ended)
  }
}

function close(server: Server, upgraded: ReadonlySet<Duplex>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections()
      // The server waits for these as well and no longer counts them among its own.
      for (const socket of upgraded) socket.destroy()
    }, graceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
