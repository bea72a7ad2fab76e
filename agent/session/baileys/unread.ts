// A Signal session that could not be read is not taken for one that is not there: what the store failed to say replaces nothing.

import type { SignalDataTypeMap, SignalKeyStoreWithTransaction, SocketConfig } from '@whiskeysockets/baileys'

type Repository = ReturnType<SocketConfig['makeSignalRepository']>

/**
 * The library answers "no session" where the store could not be asked. A message that begins a session, in either direction, then writes a
 * record with that one session in the place of all that were there, if the store is back by then; any other message is asked for again.
 *
 * Here a turn in which something could not be read writes no session. Where it was a decryption it fails as the store did, which is not
 * the sender's fault.
 * @param keys of which each transaction is a turn
 * @param unread told of a decryption that failed for this reason, before the library can answer the server
 */
export function withoutGuessing(
  repository: Repository,
  keys: SignalKeyStoreWithTransaction,
  unread: (error: unknown) => void,
): Repository {
  const { get, set, transaction } = keys
  let depth = 0
  let failure: { error: unknown } | null = null
  keys.get = async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
    try {
      return (await get.call(keys, type, ids)) as { [id: string]: SignalDataTypeMap[T] }
    } catch (error) {
      // Also of what reads beside the turn: better one message late than one session lost.
      if (depth > 0) failure ??= { error }
      throw error
    }
  }
  keys.set = async (data) => {
    if (failure && data.session) throw failure.error
    return set.call(keys, data)
  }
  keys.transaction = (work, name) =>
    transaction.call(
      keys,
      async () => {
        depth += 1
        try {
          return await work()
        } finally {
          depth -= 1
          if (depth === 0) failure = null
        }
      },
      name,
    ) as ReturnType<typeof work>
  const sure =
    <What>(decrypt: (what: What) => Promise<Uint8Array>) =>
    (what: What): Promise<Uint8Array> =>
      keys.transaction(async () => {
        const end = await decrypt(what).then(
          (plain) => ({ plain }),
          (error: unknown) => ({ error }),
        )
        if (failure) {
          unread(failure.error)
          throw failure.error
        }
        if ('error' in end) throw end.error
        return end.plain
      }, 'decrypt')
  repository.decryptMessage = sure(repository.decryptMessage)
  repository.decryptGroupMessage = sure(repository.decryptGroupMessage)
  return repository
}
