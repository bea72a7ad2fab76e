// Figures as people read them; what is not known is a dash, never a zero.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const NONE = '-'

/** `4.2 s`, `3 min`, `2.5 h`, `1.2 d`. */
export function durationText(ms: number | null): string {
  if (ms === null) return NONE
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.round(ms / 1_000)} s`
  if (ms < HOUR) return `${trimmed(ms / MINUTE)} min`
  return ms < DAY ? `${trimmed(ms / HOUR)} h` : `${trimmed(ms / DAY)} d`
}

/** `99.95%`; never 100% for less than all of it. */
export function shareText(share: number | null): string {
  if (share === null) return NONE
  const percent = Math.floor(share * 10_000) / 100
  return `${percent === 100 ? '100' : percent.toFixed(2)}%`
}

export function scoreText(score: number | null): string {
  return score === null ? NONE : String(Math.round(score))
}

export function countText(count: number | null): string {
  return count === null ? NONE : count.toLocaleString('en')
}

/**
 * How something has changed: `+3`, `-0.4`, `=` where both are written alike; empty where nothing can be compared.
 * @param difference as the value is written, unless it is said otherwise
 */
export function changeText(
  now: number | null,
  then: number | null | undefined,
  text: (value: number) => string,
  difference = text,
): string {
  if (now === null || then === null || then === undefined) return ''
  if (text(now) === text(then)) return '='
  return `${now > then ? '+' : '-'}${difference(Math.abs(now - then))}`
}

/** `Fri 20 Nov 2026, 07:00` in the time zone. */
export function timeText(iso: string, timezone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(Date.parse(iso))
}

/** `SLOW_QR_SCAN` as `slow QR scan`. */
export function issueText(issue: string): string {
  const text = issue
    .toLowerCase()
    .replaceAll('_', ' ')
    .replace(/\bqr\b/, 'QR')
  return text
}

function trimmed(n: number): string {
  return n < 10 ? String(Number(n.toFixed(1))) : String(Math.round(n))
}
