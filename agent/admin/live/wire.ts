// The bytes of a frame, made once for everybody who reads it: as JSON in a WebSocket message, and as a server-sent event.

export const transports = ['websocket', 'sse'] as const
export type Transport = (typeof transports)[number]

export type Wire = Readonly<Record<Transport, Buffer>>

/** @param id what a reader of server-sent events gives back to go on after this one */
export function wireOf(id: string, type: string, value: object): Wire {
  const json = JSON.stringify(value)
  return { websocket: textMessage(Buffer.from(json)), sse: eventOf(type, json, id) }
}

/** An unmasked, unfragmented text message as RFC 6455 has it, so that a batch is one write and not two for each message. */
export function textMessage(payload: Buffer): Buffer {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + extra)
  head[0] = 0x81
  head[1] = extra === 0 ? length : extra === 2 ? 126 : 127
  if (extra === 2) head.writeUInt16BE(length, 2)
  if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

/** JSON has no line feeds of its own, so it is one line of data. */
export function eventOf(type: string, json: string, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${json}\n\n`)
}
