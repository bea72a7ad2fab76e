// One reading of every way a connection can end: the library's status code and message become a word of words.ts.

import type { Reason } from '../words.ts'

/** How a connection ended. */
export interface Close {
  reason: Reason
  /** The library's or the server's code; null when the agent closed it. */
  code: number | null
  /** Words for a log line. Holds no secret and no phone number. */
  detail: string
}

/** Codes that mean one thing, from stream errors and from `<failure reason=N>` at login. */
const byCode: Readonly<Record<number, Reason>> = {
  401: 'logged-out',
  402: 'temporarily-banned',
  403: 'banned',
  405: 'client-outdated',
  406: 'logged-out',
  409: 'client-outdated',
  411: 'multidevice-mismatch',
  419: 'logged-out',
  428: 'connection-closed',
  440: 'replaced',
  463: 'reachout-timelock',
  500: 'server-error',
  501: 'server-error',
  503: 'unavailable',
  515: 'restart-required',
  516: 'restart-required',
}

/**
 * Reads a disconnect of the library. 408 has three meanings that only its message tells apart;
 * an unlisted 5xx is the server's trouble; anything else is `unknown`.
 */
export function reasonOf(code: number | null, message: string): Reason {
  if (code === 408) {
    if (message.includes('QR refs')) return 'codes-ended'
    if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(message)) return 'refused'
    if (/handshake has timed out|timed out|Time/i.test(message)) return 'connect-timeout'
    return 'connection-lost'
  }
  if (/Parse Error|Invalid WebSocket frame|Max payload|Sec-WebSocket|Invalid header/i.test(message))
    return 'not-whatsapp'
  if (code === 400 && /certific/i.test(message)) return 'untrusted-certificate'
  if (code === null) return 'unknown'
  const reason = byCode[code]
  if (reason) return reason
  return code >= 500 && code < 600 ? 'server-error' : 'unknown'
}
