// Times as everybody outside reads them.

/** ISO 8601 in UTC, of milliseconds since the epoch; null stays null. Throws RangeError beyond what a Date can hold. */
export function iso(ms: number): string
export function iso(ms: number | null): string | null
export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
