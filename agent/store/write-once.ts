// A secret is written whole or not at all, and never over another: a file that is there is one that somebody may need.

import { randomBytes } from 'node:crypto'
import { linkSync, rmSync, writeFileSync } from 'node:fs'

/** Writes a new file for its owner only, and waits until the disk has it. Throws what the system says: EEXIST where it is there. */
export function writeOnce(file: string, text: string): void {
  const part = `${file}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(part, text, { flag: 'wx', mode: 0o600, flush: true })
    // Under its name only now, and only where nobody else has that name.
    linkSync(part, file)
  } finally {
    rmSync(part, { force: true })
  }
}
