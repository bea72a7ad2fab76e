// A folder is made one level at a time: Node's recursive mkdir goes round for ever where a path exists in which nothing can be made, as in /proc.

import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes the folder and those above it that are missing, for their owner only. Answers whether it was missing; throws what the system says. */
export function makeFolder(path: string): boolean {
  const first = attempt(path)
  if (typeof first === 'boolean') return first
  const above = dirname(path)
  if ((first as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw first
  makeFolder(above)
  const second = attempt(path)
  if (typeof second === 'boolean') return second
  throw second
}

/** Whether it had to be made, or why it cannot be. */
function attempt(path: string): boolean | Error {
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    // Whatever the system says of a folder that is there: EEXIST, or EISDIR and EROFS of some.
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? false : (error as Error)
  }
}
