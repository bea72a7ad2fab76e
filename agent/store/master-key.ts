// The master key comes from a file or the environment, is 32 bytes or a clear error, and is never echoed.

import { readFileSync } from 'node:fs'
import { StoreError } from './sql.ts'

const KEY = 32

/** Reads 32 bytes written as 64 hexadecimal or 44 base64 characters. Throws StoreError; never echoes the key. */
export function parseMasterKey(text: string, from: string): Uint8Array {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  // The decoder drops what is no base64: a key with a slip of the pen would silently be another key.
  const key = /^[A-Za-z0-9+/]{43}=$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : null
  if (key?.length !== KEY)
    throw new StoreError(
      `${from}: found ${trimmed.length} characters that are no key, allowed: 64 hexadecimal or 44 base64 characters (32 bytes)`,
    )
  return key
}

/** The master key from a file. Throws StoreError that says how to make one. */
export function readMasterKey(file: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new StoreError(
      `store.master_key_file: cannot read ${file} (${(cause as Error).message}); make one with "linda keys create ${file}", or set store.encryption: off`,
      { cause },
    )
  }
  return parseMasterKey(text, file)
}

/** The master key that the configuration names. Throws StoreError. */
export function masterKeyOf(store: {
  masterKey: { reveal(): string } | null
  masterKeyFile: string
}): Uint8Array {
  return store.masterKey
    ? parseMasterKey(store.masterKey.reveal(), 'LINDA_MASTER_KEY')
    : readMasterKey(store.masterKeyFile)
}
