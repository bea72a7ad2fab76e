// Files and folders that are made once, for their owner only; one that exists is looked at and left alone.

import { chownSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../../agent/store/folder.ts'
import { writeOnce } from '../../agent/store/write-once.ts'

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
  readonly #owner: Owner
  readonly #gives: boolean
  readonly #foreign: string[] = []

  /** @param owner who must own everything @param gives whether whoever runs this may give files away, as root may */
  constructor(root: string, owner: Owner, gives: boolean) {
    this.#root = root
    this.#owner = owner
    this.#gives = gives
  }

  path(file: string): string {
    return join(this.#root, file)
  }

  /** The text without its last line feed, or null where there is no such file. */
  read(file: string): string | null {
    try {
      return readFileSync(this.path(file), 'utf8').trimEnd()
    } catch (error) {
      // Where a file stands in the place of its folder, making that folder will say so.
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
      throw new SecretsError(`cannot read ${file}: ${(error as Error).message}`)
    }
  }

  /** Refuses secrets that are there and empty, as a disk that was full leaves them: they would be taken for secrets. */
  refuseEmpty(files: readonly string[]): void {
    const empty = files.filter((file) => this.read(file) === '')
    if (empty.length > 0)
      throw new SecretsError(
        `${empty.join(', ')}: empty, and no secret; put back what was in it, or remove it and run this again`,
      )
  }

  folder(name: string): void {
    try {
      if (makeFolder(this.path(name))) this.give(name)
    } catch (error) {
      throw new SecretsError(`cannot make ${name}: ${(error as Error).message}`)
    }
    this.look(name)
  }

  /** Writes it where there is none: whole, or not at all. Answers whether it did. */
  once(file: string, text: string): boolean {
    try {
      writeOnce(this.path(file), `${text}\n`)
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
    this.look(file)
  }

  /** It was there; others who may read it are told of. */
  keep(file: string): void {
    this.kept += 1
    this.look(file)
    if (file.startsWith('secrets/') && (statSync(this.path(file)).mode & 0o077) !== 0)
      this.notes.push(`${file} can be read by others than its owner: chmod 600 ${file}`)
  }

  give(file: string): void {
    if (!this.#gives) return
    try {
      chownSync(this.path(file), this.#owner.uid, this.#owner.gid)
    } catch (error) {
      throw new SecretsError(`cannot give ${file} to ${this.#owner.uid}: ${(error as Error).message}`)
    }
  }

  /** One sentence for all that the containers will not be able to read. */
  noteForeign(): void {
    const { uid, gid } = this.#owner
    const [first, ...others] = this.#foreign
    if (first === undefined) return
    const what = others.length === 0 ? `${first} belongs` : `${first} and ${others.length} more belong`
    this.notes.push(
      `${what} to somebody else than ${uid}, as whom the containers run (LINDA_UID): sudo chown -R ${uid}:${gid} secrets data/stack`,
    )
  }

  /** Remembers it where it belongs to somebody else. */
  look(file: string): void {
    if (file !== '.env' && statSync(this.path(file)).uid !== this.#owner.uid) this.#foreign.push(file)
  }
}
