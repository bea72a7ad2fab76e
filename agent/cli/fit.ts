// A table in a narrow terminal: columns give way in a declared order until it fits, and what gave way is told.

import { stripVTControlCharacters } from 'node:util'

/** A column that is left out, or one whose cells become shorter: times to the second without their year, words to what room there is. */
export type Yield = string | { shorten: string }

export interface Fitted {
  head: string[]
  rows: string[][]
  /** Columns that are not there. */
  left: string[]
  /** Columns that are there in part. */
  shortened: string[]
}

interface Column {
  name: string
  cells: string[]
  /** Its words may be cut. */
  elastic: boolean
}

/** Blanks between columns. */
export const GAP = 2
/** Words are never cut to fewer characters than these. */
export const LEAST = 12

/** @param within characters of a line; where all that may give way is not enough, lines are longer */
export function fit(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  yields: readonly Yield[],
  within: number,
): Fitted {
  let columns = head.map(
    (name, i): Column => ({
      name,
      cells: rows.map((row) => row[i] ?? ''),
      elastic: false,
    }),
  )
  const left: string[] = []
  const shortened: string[] = []
  for (const each of yields) {
    if (widthOf(columns) <= within) break
    const name = typeof each === 'string' ? each : each.shorten
    ;(typeof each === 'string' ? left : shortened).push(name)
    columns =
      typeof each === 'string'
        ? columns.filter((column) => column.name !== name)
        : columns.map((column) => (column.name === name ? shorter(column) : column))
  }
  let spare = within - widthOf(columns)
  const drawn = columns.map((column) => {
    const room = least(column) + Math.max(0, spare)
    if (!column.elastic) return column.cells
    spare -= Math.min(room, full(column)) - least(column)
    return column.cells.map((cell) => cut(cell, room))
  })
  return {
    head: columns.map(({ name }) => name),
    rows: rows.map((_, i) => drawn.map((cells) => cells[i] ?? '')),
    left,
    shortened,
  }
}

const isTime = (cell: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(cell)

function shorter(column: Column): Column {
  const told = column.cells.filter((cell) => cell !== '-')
  if (told.length === 0 || !told.every(isTime)) return { ...column, elastic: true }
  const cells = column.cells.map((cell) => (isTime(cell) ? cell.slice(5, 19).replace('T', ' ') : cell))
  return { ...column, cells }
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + least(column), GAP * (columns.length - 1))
}

function least(column: Column): number {
  return column.elastic ? Math.min(LEAST, full(column)) : full(column)
}

function full({ name, cells }: Column): number {
  return cells.reduce((most, cell) => Math.max(most, lengthOf(cell)), name.length)
}

function lengthOf(cell: string): number {
  return stripVTControlCharacters(cell).length
}

function cut(cell: string, room: number): string {
  return lengthOf(cell) <= room ? cell : `${stripVTControlCharacters(cell).slice(0, room - 3)}...`
}
