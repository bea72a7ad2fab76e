// What every chaos run says at its end: figures by name, and the violations that make it fail.

export type Table = Record<string, Record<string, number | null>>

export interface Report {
  name: string
  runs: number
  seed: number
  /** What happened that never may, in words. */
  violations: string[]
  figures: Record<string, number | string>
  /** Figures by name and row. */
  tables?: Record<string, Table>
  /** What somebody may want to look into although it is no violation. */
  remarks?: string[]
}

/** One object, flat: `name`, `runs`, `seed`, `violations`, the figures and the tables. */
export function asJson({ figures, tables, ...rest }: Report): string {
  return `${JSON.stringify({ ...rest, ...figures, ...tables })}\n`
}

export function asTable({
  name,
  runs,
  seed,
  violations,
  figures,
  tables = {},
  remarks = [],
}: Report): string {
  const rows: [string, string | number][] = [['runs', runs], ['seed', seed], ...Object.entries(figures)]
  const lines = rows.map(([what, figure]) => `  ${what.padEnd(28)}${String(figure).padStart(12)}\n`)
  const more = Object.entries(tables).map(([what, table]) => tableLines(what, table))
  const said = remarks.length === 0 ? '' : `to look into:\n  ${remarks.join('\n  ')}\n`
  const verdict = violations.length === 0 ? 'no violation' : `VIOLATIONS:\n  ${violations.join('\n  ')}`
  return `${name}\n${lines.join('')}${more.join('')}${said}${verdict}\n`
}

function tableLines(what: string, table: Table): string {
  const columns = Object.keys(Object.values(table)[0] ?? {})
  const line = (first: string, cells: readonly string[]): string =>
    `  ${first.padEnd(28)}${cells.map((cell) => cell.padStart(12)).join('')}\n`
  const rows = Object.entries(table).map(([row, cells]) =>
    line(
      row,
      columns.map((column) => String(cells[column] ?? '-')),
    ),
  )
  return line(what, columns) + rows.join('')
}
