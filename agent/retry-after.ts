// What a server says with Retry-After, in milliseconds: seconds or a date, and nothing where it says neither.

/** The date forms that HTTP knows end in GMT or name no zone; others are not guessed at. */
const date = /^[A-Z][a-z]+,? .*\d{2}:\d{2}:\d{2}/

/** Milliseconds from `now` (since the epoch), 0 for a moment that is over; null where the header is absent or no such thing. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  if (!date.test(text) || text.length > 40) return null
  // The oldest form names no zone and means GMT; the parser would take it for local time.
  const at = Date.parse(/(GMT|UTC|[A-Z]{3}|[+-]\d{4})$/.test(text) ? text : `${text} GMT`)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
