// Files and folders that are made once, for their owner only; one that exists is looked at and left alone.

import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** It cannot go on, and a person must see why. */
export class SecretsError extends Error {}

export interface Owner {
  uid: number
  gid: number
}

export class Files {
  readonly made: string[] = []
  readonly notes: string[] = []
  kept = 0
  readonly #root: string
  readonly #owner: Owner | null

  /** @param owner whom everything is given to; null where that is who runs this */
  constructor(root: string, owner: Owner | null) {
    this.#root = root
    this.#owner = owner
  }

  path(file: string): string {
    return join(this.#root, file)
  }

  /** The text without its last line feed, or null where there is no such file. */
  read(file: string): string | null {
    try {
      return readFileSync(this.path(file), 'utf8').trimEnd()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw new SecretsError(`cannot read ${file}: ${(error as Error).message}`)
    }
  }

  folder(name: string): void {
    try {
      const first = mkdirSync(this.path(name), { recursive: true, mode: 0o700 })
      if (first) this.give(name)
    } catch (error) {
      throw new SecretsError(`cannot make ${name}: ${(error as Error).message}`)
    }
  }

  /** Writes it where there is none. Answers whether it did. */
  once(file: string, text: string): boolean {
    try {
      writeFileSync(this.path(file), `${text}\n`, { flag: 'wx', mode: 0o600, flush: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new SecretsError(`cannot write ${file}: ${(error as Error).message}`)
      this.keep(file)
      return false
    }
    this.note(file)
    return true
  }

  /** It was made by somebody else just now. */
  note(file: string): void {
    this.give(file)
    this.made.push(file)
  }

  /** It was there; others who may read it are told of. */
  keep(file: string): void {
    this.kept += 1
    if (file.startsWith('secrets/') && (statSync(this.path(file)).mode & 0o077) !== 0)
      this.notes.push(`${file} can be read by others than its owner: chmod 600 ${file}`)
  }

  give(file: string): void {
    if (this.#owner) chownSync(this.path(file), this.#owner.uid, this.#owner.gid)
  }
}
