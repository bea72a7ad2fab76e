// What the five factors count, over the last 24 hours: sums that forget by the half hour, so that an account costs four kilobytes and not a day of events.

const fields = [
  'upMs',
  'wantedMs',
  'regenerations',
  'connections',
  'attempted',
  'failed',
  'ackMsSum',
  'acks',
  'processed',
  'undone', // counted as processed, and then its handler could not take it
  'messages',
] as const
export type Field = (typeof fields)[number]
export type Counts = Record<Field, number>

const SPAN_MS = 24 * 60 * 60_000
const BUCKET_MS = 30 * 60_000
const BUCKETS = SPAN_MS / BUCKET_MS
const WIDTH = fields.length
const columns = Object.fromEntries(fields.map((field, i) => [field, i])) as Record<Field, number>

export class RollingCounts {
  #buckets = new Float64Array(BUCKETS * WIDTH)
  /** The sums of all buckets, added up anew with each half hour, so that errors of rounding do not grow. */
  #sums = new Float64Array(WIDTH)
  #newest = Number.NEGATIVE_INFINITY

  /**
   * @param nowMs of a clock that never goes back
   * @param amount not negative; what is no such number is nobody's fact and is left out
   */
  add(field: Field, amount: number, nowMs: number): void {
    if (!(amount >= 0 && Number.isFinite(amount))) return
    this.#forget(nowMs)
    const column = columns[field]
    const place = slotOf(Math.max(nowMs, (this.#newest - BUCKETS + 1) * BUCKET_MS)) * WIDTH + column
    this.#buckets[place] = (this.#buckets[place] as number) + amount
    this.#sums[column] = (this.#sums[column] as number) + amount
  }

  /** The sums of the last 24 hours, to within the half hour that is just being forgotten. */
  sums(nowMs: number): Counts {
    this.#forget(nowMs)
    const sums = {} as Counts
    for (let column = 0; column < WIDTH; column++)
      sums[fields[column] as Field] = this.#sums[column] as number
    return sums
  }

  #forget(nowMs: number): void {
    const now = Math.floor(nowMs / BUCKET_MS)
    if (now <= this.#newest) return
    const stale = Math.min(BUCKETS, now - this.#newest)
    for (let i = 0; i < stale; i++) {
      const slot = mod(now - i)
      this.#buckets.fill(0, slot * WIDTH, (slot + 1) * WIDTH)
    }
    this.#newest = now
    this.#sums.fill(0)
    for (let i = 0; i < this.#buckets.length; i++)
      this.#sums[i % WIDTH] = (this.#sums[i % WIDTH] as number) + (this.#buckets[i] as number)
  }
}

const mod = (n: number): number => ((n % BUCKETS) + BUCKETS) % BUCKETS
const slotOf = (nowMs: number): number => mod(Math.floor(nowMs / BUCKET_MS))
