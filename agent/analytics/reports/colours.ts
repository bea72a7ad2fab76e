// The colours of reports: each says something that a figure beside it says too, for who cannot see it and for paper.

export const ink = '#1f2933'
export const faint = '#66737f'
export const rule = '#d5dce2'
export const paper = '#ffffff'
export const shade = '#f4f6f8'

/** Of the three worst accounts; they differ in brightness as well. */
export const lines = ['#b3261e', '#1f6fb2', '#5f8f2f'] as const

const good = '#2e7d4f'
const fair = '#b7791f'
const bad = '#b3261e'

export function colourOf(
  score: number | null,
  { healthyFrom, unhealthyBelow }: { healthyFrom: number; unhealthyBelow: number },
): string {
  if (score === null) return faint
  return score >= healthyFrom ? good : score < unhealthyBelow ? bad : fair
}

/** From white for none to dark red for the most. */
export function heat(count: number, most: number): string {
  if (count === 0 || most === 0) return shade
  const part = 0.2 + (0.8 * count) / most
  const mix = (from: number, to: number): string =>
    Math.round(from + (to - from) * part)
      .toString(16)
      .padStart(2, '0')
  return `#${mix(0xff, 0x9f)}${mix(0xf1, 0x1c)}${mix(0xee, 0x14)}`
}

/** What can be read on such a cell. */
export function onHeat(count: number, most: number): string {
  return most > 0 && count / most > 0.4 ? paper : ink
}
