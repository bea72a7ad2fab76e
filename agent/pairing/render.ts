// A code as a picture or as text that a terminal shows; the scanner sees the same content in each.

import { toBuffer, toString as toText } from 'qrcode'

export interface Rendered {
  body: string | Uint8Array<ArrayBuffer>
  contentType: string
}

/** @param format png and svg for pages, text for terminals with a dark or a light ground */
export async function renderCode(code: string, format: 'png' | 'svg' | 'text'): Promise<Rendered> {
  if (format === 'png')
    return { body: new Uint8Array(await toBuffer(code, { scale: 6 })), contentType: 'image/png' }
  if (format === 'svg') return { body: await toText(code, { type: 'svg' }), contentType: 'image/svg+xml' }
  const body = `${await toText(code, { type: 'terminal', small: true })}\n`
  return { body, contentType: 'text/plain; charset=utf-8' }
}
