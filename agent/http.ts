// Starting an HTTP listener so that a port in use, a missing right or a wrong address is one clear error, and stopping it in bounded time.

import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { serve } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Listen } from './config/listen.ts'

export interface Listener {
  /** Where it answers, with the port that was taken. */
  url: string
  /** Stops accepting at once and cuts what is still open after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** Who takes connections away from HTTP. */
export interface Upgrades {
  /** A request that is not wanted is answered like one without an upgrade. */
  wants(request: IncomingMessage): boolean
  /** Owns the socket from then on. Never rejects. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
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

/** @param what the configuration key of the address, for the error message */
// biome-ignore lint/suspicious/noExplicitAny: an app of any environment can be served
export function listen(app: Hono<any>, at: Listen, what: string, upgrades?: Upgrades): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const upgraded = new Set<Duplex>()
    const serverOptions = upgrades ? { shouldUpgradeCallback: upgrades.wants } : {}
    const options = { fetch: app.fetch, hostname: at.host, port: at.port, serverOptions }
    const server = serve(options, ({ port }: AddressInfo) => {
      server.off('error', onError)
      const host = at.host === '0.0.0.0' || at.host === '::' ? '127.0.0.1' : at.host
      resolve({
        url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
        close: (graceMs) => close(server, upgraded, graceMs),
      })
    }) as Server
    if (upgrades)
      server.on('upgrade', (request, socket, head) => {
        upgraded.add(socket)
        socket.once('close', () => upgraded.delete(socket))
        void upgrades.take(request, socket, head)
      })
    // A client that sends its headers or body one byte at a time is cut off.
    server.headersTimeout = 10_000
    server.requestTimeout = 30_000
    const onError = (error: NodeJS.ErrnoException): void => reject(new ListenError(what, at, error))
    server.once('error', onError)
  })
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
