// A person's Signal sessions and pre-keys: every write is in the database before the call returns, so a ratchet never goes back.
import type { SignalDataTypeMap, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys'
import type { Database } from './database.ts'
import { fromJson, toJson } from './json.ts'

export function signalKeys(db: Database, owner: string): SignalKeyStoreWithTransaction {
  return {
    get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const found: Record<string, SignalDataTypeMap[T]> = {}
      for (const id of ids) {
        const row = db.get<{ value: string }>(
          'SELECT value FROM signal WHERE owner = ? AND type = ? AND id = ?',
          owner,
          type,
          id,
        )
        if (row) found[id] = fromJson(row.value)
      }
      return found
    },
    set(data) {
      db.transaction(() => {
        for (const [type, values] of Object.entries(data)) {
          for (const [id, value] of Object.entries(values ?? {})) {
            if (value === null || value === undefined) {
              db.run('DELETE FROM signal WHERE owner = ? AND type = ? AND id = ?', owner, type, id)
            } else {
              db.run(
                'INSERT OR REPLACE INTO signal (owner, type, id, value) VALUES (?, ?, ?, ?)',
                owner,
                type,
                id,
                toJson(value),
              )
            }
          }
        }
      })
    },
    isInTransaction: () => false,
    // One message touches one session, which libsignal itself queues by address: there is nothing to group.
    transaction: (work) => work(),
  }
}
