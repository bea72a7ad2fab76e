// What the adapter reads from the socket itself, beside the library's events: those are buffered, merged or never sent.

import type { EventEmitter } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { BinaryNode } from '@whiskeysockets/baileys'

export interface WireListener {
  frame(): void
  /** Somebody's message, before the library sees it. */
  message(node: BinaryNode): void
  ack(messageId: string, refusal: number | null): void
  receipt(messageId: string, kind: 'delivered' | 'read'): void
  passkey(): void
  httpError(status: number): void
  badFrame(detail: string): void
}

export interface Wire {
  /** How many answers whose first child is `child` have arrived so far. */
  countAnswers(child: 'usync'): number
  /** Stops listening. */
  end(): void
  /** Cuts the connection without waiting for the peer. */
  terminate(): void
}

type Handler = (...args: never[]) => void

/** Listens to the library's WebSocket client, an emitter of frames and of callbacks named after node shapes. */
export function listenToWire(ws: EventEmitter, to: WireListener): Wire {
  let usync = 0
  const handlers: [string, Handler][] = [
    ['frame', () => to.frame()],
    ['CB:ack,class:message', (node: BinaryNode) => to.ack(node.attrs.id ?? '', refusalOf(node))],
    ['CB:receipt', (node: BinaryNode) => readReceipt(node, to)],
    ['CB:iq,,usync', () => (usync += 1)],
    // The library acknowledges the demand, drops it, and hangs.
    ['CB:notification,type:passkey_prologue_request', () => to.passkey()],
    // The library subscribes to this and does nothing, which keeps `ws` from failing: the socket would connect for ever.
    [
      'unexpected-response',
      (request: ClientRequest, response: IncomingMessage) => {
        response.resume()
        request.destroy()
        to.httpError(response.statusCode ?? 0)
      },
    ],
  ]
  const onMessage = (node: BinaryNode): void => to.message(node)
  ws.prependListener('CB:message', onMessage)
  for (const [name, handler] of handlers) ws.on(name, handler as (...args: unknown[]) => void)
  containFrames(ws, to)
  // The client forgets its WebSocket when the library closes it: keep hold of it.
  const raw = (ws as unknown as { socket: { terminate(): void } | null }).socket
  return {
    countAnswers: () => usync,
    end: () => {
      ws.off('CB:message', onMessage)
      for (const [name, handler] of handlers) ws.off(name, handler as (...args: unknown[]) => void)
    },
    terminate: () => raw?.terminate(),
  }
}

/** A frame that cannot be decrypted rejects a promise that nobody holds: hold it. */
function containFrames(ws: EventEmitter, to: WireListener): void {
  for (const original of ws.listeners('message')) {
    ws.off('message', original as (...args: unknown[]) => void)
    ws.on('message', (...args: unknown[]) => {
      // Called at once, not in a later turn: the cipher counts frames in the order of these calls.
      new Promise((resolve) => resolve(original(...args))).catch((error: Error) => to.badFrame(error.message))
    })
  }
}

function refusalOf(node: BinaryNode): number | null {
  return node.attrs.error === undefined ? null : Number(node.attrs.error)
}

/** A receipt of somebody else for our messages; several ids may travel in one. */
function readReceipt(node: BinaryNode, to: WireListener): void {
  const { type, recipient, id } = node.attrs
  const kind = type === undefined ? 'delivered' : type === 'read' || type === 'played' ? 'read' : null
  if (recipient !== undefined || kind === null || id === undefined) return
  to.receipt(id, kind)
  const list = Array.isArray(node.content) ? node.content[0]?.content : undefined
  if (Array.isArray(list)) for (const item of list) if (item.attrs.id) to.receipt(item.attrs.id, kind)
}
