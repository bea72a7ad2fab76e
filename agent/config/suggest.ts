// A mistyped name is answered with the known name that is close to it, and with none when nothing is close.

/** Letters to insert, delete, replace or swap with their neighbour to get from one word to the other. */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

/** The known word nearest to the given one, if a third of it or less is wrong; null otherwise. */
export function suggest(word: string, known: readonly string[]): string | null {
  if (word.length > 100) return null
  const plain = word.toLowerCase().replaceAll('-', '_')
  let best: { name: string; cost: number } | null = null
  for (const name of known) {
    const cost = distance(plain, name.toLowerCase())
    if (cost <= Math.max(1, Math.floor(name.length / 3)) && (best === null || cost < best.cost))
      best = { name, cost }
  }
  return best?.name ?? null
}
