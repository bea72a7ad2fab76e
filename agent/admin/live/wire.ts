// The bytes of a frame, made once for everybody who reads it: as JSON in a WebSocket message, and as a server-sent event.

export const transports = ['websocket', 'sse'] as const
export type Transport = (typeof transports)[number]

export type Wire = Readonly<Record<Transport, Buffer>>

/** @param id what a reader of server-sent events gives back to go on after this one */
export function wireOf(id: string, type: string, value: object): Wire {
  const json = JSON.stringify(value)
  return { websocket: textMessage(json), sse: eventOf(type, json, id) }
}

/** An unmasked, unfragmented text message as RFC 6455 has it, so that a batch is one write and not two for each message. */
export function textMessage(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const message = Buffer.allocUnsafe(2 + extra + length)
  message[0] = 0x81
  message[1] = extra === 0 ? length : extra === 2 ? 126 : 127
  if (extra === 2) message.writeUInt16BE(length, 2)
  if (extra === 8) message.writeBigUInt64BE(BigInt(length), 2)
  message.write(text, 2 + extra)
  return message
}

/** JSON has no line feeds of its own, so it is one line of data. */
export function eventOf(type: string, json: string, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${json}\n\n`)
}
