// Tables for people: columns as wide as what is in them, two blanks apart, nothing at the ends of lines.

import Table from 'cli-table3'
import { fit, GAP, type Yield } from './fit.ts'
import type { CommandIo } from './io.ts'

const none = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

/** One line per row and one for the head, each with its line feed. Figures read best on the right: `right` names those columns. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly string[] } = {},
): string {
  const drawn = new Table({
    chars: none,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
  })
  drawn.push([...head], ...rows.map((row) => [...row]))
  return drawn
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** What gives way in a narrow terminal, and what stands there in place of no rows. */
export interface Listing {
  right?: readonly string[]
  /** In this order, until the table fits. */
  yields?: readonly Yield[]
  /** A sentence. */
  none: string
}

/** The same for a terminal: as wide as that is at most, where it says so. What gave way is told on `err`. */
export function listing(
  io: Pick<CommandIo, 'columns' | 'err'>,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { right = [], yields = [], none }: Listing,
): string {
  if (rows.length === 0) return `${none}\n`
  const within = io.columns || Number.POSITIVE_INFINITY
  const { left, shortened, ...fitted } = fit(head, rows, yields, within)
  const told = [
    ...(left.length > 0 ? [`left out ${left.join(', ')}`] : []),
    ...(shortened.length > 0 ? [`shortened ${shortened.join(', ')}`] : []),
  ]
  if (told.length > 0)
    io.err(`${told.join(' and ')} to fit ${within} columns; --json and a wider terminal show all\n`)
  return table(fitted.head, fitted.rows, { right })
}
