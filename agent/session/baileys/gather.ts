// The keys that a decryption changes are held back until its plaintext is there, so that both are written in one transaction.

import type { SignalDataSet, SignalDataTypeMap, SignalKeyStore } from '@whiskeysockets/baileys'

/** What a decryption changes: a ratchet, the one-time key that began it, and whose it is. All else goes its own way meanwhile. */
const gathered: ReadonlySet<string> = new Set(['session', 'sender-key', 'pre-key', 'identity-key'])

/** Runs some work and answers what it made and what it changed, which is not written yet. Rejects as the work does, after writing. */
export type Gather = <T>(work: () => Promise<T>) => Promise<{ result: T; changes: SignalDataSet }>

/**
 * Puts itself before a key store. One piece of work at a time: the caller holds the account's turn. Not by async context, because
 * libsignal runs the work of one caller in the context of another that waits for the same contact.
 */
export function gatherIn(keys: SignalKeyStore): Gather {
  const original = { get: keys.get.bind(keys), set: keys.set.bind(keys) }
  let changes: SignalDataSet | null = null
  keys.get = async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
    const held = changes?.[type]
    if (!held) return original.get(type, ids)
    const missing = ids.filter((id) => !(id in held))
    const found = missing.length > 0 ? await original.get(type, missing) : {}
    for (const id of ids) {
      const value = held[id]
      if (value !== undefined && value !== null) found[id] = value
    }
    return found as { [id: string]: SignalDataTypeMap[T] }
  }
  keys.set = async (data) => {
    const others: Record<string, unknown> = {}
    for (const [type, byId] of Object.entries(data))
      if (changes && gathered.has(type)) merge(changes, type, byId ?? {})
      else others[type] = byId
    if (Object.keys(others).length > 0) await original.set(others as SignalDataSet)
  }
  return async (work) => {
    const mine: SignalDataSet = {}
    changes = mine
    try {
      const result = await work()
      return { result, changes: mine }
    } catch (error) {
      // What it learned before it failed is true all the same, as whose key is whose.
      changes = null
      if (Object.keys(mine).length > 0) await original.set(mine)
      throw error
    } finally {
      changes = null
    }
  }
}

function merge(into: SignalDataSet, type: string, byId: object): void {
  const all = into as Record<string, Record<string, unknown>>
  all[type] = { ...all[type], ...byId }
}
