// What every chaos run says at its end: figures by name, and the violations that make it fail.

export interface Report {
  name: string
  runs: number
  seed: number
  /** What happened that never may, in words. */
  violations: string[]
  figures: Record<string, number | string>
}

/** One object, flat: `name`, `runs`, `seed`, `violations` and the figures. */
export function asJson({ figures, ...rest }: Report): string {
  return `${JSON.stringify({ ...rest, ...figures })}\n`
}

export function asTable({ name, runs, seed, violations, figures }: Report): string {
  const rows: [string, string | number][] = [['runs', runs], ['seed', seed], ...Object.entries(figures)]
  const lines = rows.map(([what, figure]) => `  ${what.padEnd(28)}${String(figure).padStart(12)}\n`)
  const verdict = violations.length === 0 ? 'no violation' : `VIOLATIONS:\n  ${violations.join('\n  ')}`
  return `${name}\n${lines.join('')}${verdict}\n`
}
