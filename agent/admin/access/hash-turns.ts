// Hashes of tokens are worked out one at a time for each token and few in all: whoever guesses at one keeps nobody else waiting, and leaves threads for files and names.

import PQueue from 'p-queue'
import { LockedOut } from './lock-out.ts'

/** The thread pool of Node has four threads, which reading files and looking up names need, too. */
const AT_ONCE = 2
/** That wait for one token: some 25 seconds of work, from more addresses than a lock-out can count. */
const WAITING = 500
const AGAIN_MS = 10_000

export class HashTurns {
  #all = new PQueue({ concurrency: AT_ONCE })
  #each = new Map<string, PQueue>()

  /** Runs the work when its turn comes: behind the others of this token, and then with one of each other token. Throws LockedOut where too many wait. */
  async take<T>(id: string, work: () => Promise<T>): Promise<T> {
    const own = this.#each.get(id) ?? this.#begin(id)
    if (own.size >= WAITING) throw new LockedOut(AGAIN_MS)
    return own.add(() => this.#all.add(work))
  }

  #begin(id: string): PQueue {
    const own = new PQueue({ concurrency: 1 })
    own.once('idle', () => this.#each.delete(id))
    this.#each.set(id, own)
    return own
  }
}
