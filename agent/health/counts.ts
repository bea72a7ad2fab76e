// What the five factors count, over the last 24 hours: sums that forget by the half hour, so that an account costs four kilobytes and not a day of events.

export const fields = [
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

/** What was counted in one half hour; absent fields are 0. */
export interface HalfHour {
  /** Its beginning, in milliseconds of the clock that is given to every method. */
  beginsMs: number
  counts: Partial<Counts>
}

const SPAN_MS = 24 * 60 * 60_000
export const BUCKET_MS = 30 * 60_000
const BUCKETS = SPAN_MS / BUCKET_MS
const WIDTH = fields.length
const columns = Object.fromEntries(fields.map((field, i) => [field, i])) as Record<Field, number>

export class RollingCounts {
  #buckets = new Float64Array(BUCKETS * WIDTH)
  /** What was counted elsewhere or before, kept apart so that it is never given out as our own; most processes have none after a day. */
  #recalled: Float64Array | null = null
  /** The sums of all buckets, added up anew with each half hour, so that errors of rounding do not grow. */
  #sums = new Float64Array(WIDTH)
  #newest = Number.NEGATIVE_INFINITY
  #changed = new Set<number>()

  /**
   * @param nowMs of a clock that never goes back
   * @param amount not negative; what is no such number is nobody's fact and is left out
   */
  add(field: Field, amount: number, nowMs: number): void {
    if (!isAmount(amount)) return
    this.#forget(nowMs)
    const column = columns[field]
    const bucket = Math.max(bucketOf(nowMs), this.#newest - BUCKETS + 1)
    const place = mod(bucket) * WIDTH + column
    this.#buckets[place] = (this.#buckets[place] as number) + amount
    this.#sums[column] = (this.#sums[column] as number) + amount
    this.#changed.add(bucket)
  }

  /** The sums of the last 24 hours, to within the half hour that is just being forgotten. */
  sums(nowMs: number): Counts {
    this.#forget(nowMs)
    const sums = {} as Counts
    for (let column = 0; column < WIDTH; column++)
      sums[fields[column] as Field] = this.#sums[column] as number
    return sums
  }

  /** The half hours that changed since this was last asked, as they are now; without what was recalled. */
  changed(nowMs: number): HalfHour[] {
    this.#forget(nowMs)
    const changed = [...this.#changed].filter((bucket) => bucket > this.#newest - BUCKETS)
    this.#changed.clear()
    return changed.map((bucket) => ({ beginsMs: bucket * BUCKET_MS, counts: this.#countsOf(bucket) }))
  }

  /** It counts as changed again: whoever asked could not use the answer. */
  changedStill({ beginsMs }: HalfHour): void {
    this.#changed.add(bucketOf(beginsMs))
  }

  /**
   * Adds a half hour that was counted by an earlier process or by another one, at its age; what is a day old is left out. It lies on
   * the half hour in which it began, so that it is forgotten up to half an hour early and never late.
   */
  recall({ beginsMs, counts }: HalfHour, nowMs: number): void {
    this.#forget(nowMs)
    const bucket = Math.min(bucketOf(beginsMs), this.#newest)
    if (bucket <= this.#newest - BUCKETS) return
    this.#recalled ??= new Float64Array(BUCKETS * WIDTH)
    for (const field of fields) {
      const amount = counts[field] ?? 0
      if (!isAmount(amount)) continue
      const place = mod(bucket) * WIDTH + columns[field]
      this.#recalled[place] = (this.#recalled[place] as number) + amount
      this.#sums[columns[field]] = (this.#sums[columns[field]] as number) + amount
    }
  }

  #countsOf(bucket: number): Partial<Counts> {
    const counts: Partial<Counts> = {}
    for (const field of fields) {
      const amount = this.#buckets[mod(bucket) * WIDTH + columns[field]] as number
      if (amount > 0) counts[field] = amount
    }
    return counts
  }

  #forget(nowMs: number): void {
    const now = bucketOf(nowMs)
    if (now <= this.#newest) return
    const stale = Math.min(BUCKETS, now - this.#newest)
    for (let i = 0; i < stale; i++) {
      const slot = mod(now - i)
      this.#buckets.fill(0, slot * WIDTH, (slot + 1) * WIDTH)
      this.#recalled?.fill(0, slot * WIDTH, (slot + 1) * WIDTH)
    }
    this.#newest = now
    this.#sums.fill(0)
    if (this.#recalled && !this.#addUp(this.#recalled)) this.#recalled = null
    this.#addUp(this.#buckets)
  }

  /** Answers whether there was anything. */
  #addUp(buckets: Float64Array): boolean {
    let any = false
    for (let i = 0; i < buckets.length; i++) {
      const amount = buckets[i] as number
      any ||= amount > 0
      this.#sums[i % WIDTH] = (this.#sums[i % WIDTH] as number) + amount
    }
    return any
  }
}

/** What may be counted. */
export function isAmount(amount: unknown): amount is number {
  return typeof amount === 'number' && amount >= 0 && Number.isFinite(amount)
}

const mod = (n: number): number => ((n % BUCKETS) + BUCKETS) % BUCKETS
const bucketOf = (nowMs: number): number => Math.floor(nowMs / BUCKET_MS)
