// All changes of an account's Signal state happen one after another, and each is in the store before what it made leaves.

import { AsyncLocalStorage } from 'node:async_hooks'
import {
  DEFAULT_CONNECTION_CONFIG,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys'
import type { Turns } from '../../store/turns.ts'

/**
 * The library's own transactions fail twice.
 * - They lock by name and give one session several: sending holds the account's own name, receiving the sender's LID. Both change the
 *   same row from what each has read, and the later commit undoes the earlier one.
 * - They commit when the work is over, and the work of sending includes the frame: a process that dies in between has used a key that
 *   its successor uses again, and the other end cannot read the next message.
 *
 * Here a transaction is a turn, of which an account has one at a time, whichever of its connections asks (what an old one still decrypts
 * would undo what the new one has sent), and what is written in it is written at once. What
 * several writes of one turn lose by not being one is little: a one-time key outlives the session that it made.
 */
export const signalRepositoryInTurns =
  (turns: Turns): SocketConfig['makeSignalRepository'] =>
  (auth, ...rest) => {
    takeTurns(auth.keys as SignalKeyStoreWithTransaction, turns)
    return DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, ...rest)
  }

/** The library hands the same object to everything of one socket that opens a transaction. */
export function takeTurns(keys: SignalKeyStoreWithTransaction, turns: Turns): void {
  const inside = new AsyncLocalStorage<{ over: boolean }>()
  keys.transaction = <T>(work: () => Promise<T>): Promise<T> => {
    // A turn within a turn is part of it; one that outlived its turn takes another.
    if (inside.getStore()?.over === false) return work()
    return turns.take(async () => {
      const turn = { over: false }
      try {
        return await inside.run(turn, work)
      } finally {
        turn.over = true
      }
    })
  }
}
