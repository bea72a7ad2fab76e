// Where panels stand: from left to right in 24 columns, a new line where one does not fit; nothing overlaps and nothing is numbered by hand.

import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Tile } from './panels/tile.ts'

export const columns = 24

export interface Section {
  /** Left out for the first one: what counts most needs no heading. */
  readonly title?: string
  /** A list of tiles is a column of its own: one below the other. */
  readonly tiles: readonly (Tile | readonly Tile[])[]
}

/** Panels with their places and ids. Throws where two have one title, from which the ids are made. */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const ids = new Set<number>()
  const idOf = (title: string): number => {
    const id = hashOf(title)
    if (ids.has(id))
      throw new Error(`found the panel "${title}" twice, or its id: name one of them differently`)
    ids.add(id)
    return id
  }
  const panels: (Panel | RowPanel)[] = []
  let y = 0
  for (const { title, tiles } of sections) {
    if (title !== undefined) {
      const gridPos = { x: 0, y, w: columns, h: 1 }
      panels.push({ type: 'row', title, collapsed: false, id: idOf(title), gridPos, panels: [] })
      y += 1
    }
    let x = 0
    let lineHeight = 0
    for (const entry of tiles) {
      const stack = isStack(entry) ? entry : [entry]
      const width = Math.max(...stack.map((tile) => tile.width))
      if (x + width > columns) {
        x = 0
        y += lineHeight
        lineHeight = 0
      }
      let down = y
      for (const tile of stack) {
        panels.push(tile.build(idOf(tile.title), { x, y: down, w: tile.width, h: tile.height }))
        down += tile.height
      }
      x += width
      lineHeight = Math.max(lineHeight, down - y)
    }
    y += lineHeight
  }
  return panels
}

const isStack = (entry: Tile | readonly Tile[]): entry is readonly Tile[] => Array.isArray(entry)

/**
 * From the title, so that the id stays when panels come and go around it: links to a panel hold it. FNV-1a, folded to five digits.
 */
function hashOf(title: string): number {
  let hash = 0x811c9dc5
  for (const letter of title) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return 1 + (hash % 99_999)
}
