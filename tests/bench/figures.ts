// Figures of a timed loop, and the ratio between two of them: single times mean little on a shared machine, ratios in one run do.

export interface Figures {
  name: string
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/** Runs `work` `times` times, `abreast` at once, after a tenth of that to warm up. */
export async function measure(
  name: string,
  times: number,
  abreast: number,
  work: (n: number) => Promise<void>,
): Promise<Figures> {
  for (let n = 0; n < times / 10; n++) await work(n)
  const took: number[] = []
  let next = 0
  const startedAt = performance.now()
  const lane = async (): Promise<void> => {
    while (next < times) {
      const n = next++
      const at = performance.now()
      await work(n)
      took.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: abreast }, lane))
  const seconds = (performance.now() - startedAt) / 1000
  took.sort((a, b) => a - b)
  const at = (q: number): number => took[Math.min(took.length - 1, Math.floor(q * took.length))] ?? 0
  return { name, perSecond: times / seconds, p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** @param base name of the row that the others are held against */
export function table(rows: readonly (Figures & { base?: string })[]): string {
  const rate = new Map(rows.map(({ name, perSecond }) => [name, perSecond]))
  const cells = rows.map(({ name, perSecond, p50Ms, p99Ms, base }) => [
    name,
    perSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    base ? (perSecond / (rate.get(base) ?? 1)).toFixed(2) : '-',
  ])
  const all = [['what', 'per second', 'p50 ms', 'p99 ms', 'of bare'], ...cells]
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? []
  return all
    .map(
      (row) =>
        `${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}\n`,
    )
    .join('')
}
