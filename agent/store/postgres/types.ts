// What PostgreSQL answers becomes what SQLite would answer: numbers, texts and bytes.

import type { CustomTypesConfig } from 'pg'
import { StoreError, type Value } from '../sql.ts'

const BOOL = 16
const BYTEA = 17
const INT8 = 20
const INT2 = 21
const INT4 = 23
const OID = 26
const FLOAT4 = 700
const FLOAT8 = 701
const NUMERIC = 1700

type Parse = (text: string) => Value

const parsers: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [BOOL, (text) => (text === 't' ? 1 : 0)],
  [BYTEA, bytes],
  [INT8, integer],
  [INT2, integer],
  [INT4, integer],
  [OID, integer],
  [FLOAT4, Number],
  [FLOAT8, Number],
  // The sum of a BIGINT column is NUMERIC.
  [NUMERIC, (text) => (/^-?\d+$/.test(text) ? integer(text) : Number(text))],
])

/** Everything that is not in the list stays the text that the server sent. */
export const types: CustomTypesConfig = {
  getTypeParser: ((oid: number): Parse => parsers.get(oid) ?? String) as CustomTypesConfig['getTypeParser'],
}

/** Throws StoreError outside of the safe integers: a rounded number would be a wrong one. */
function integer(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new StoreError(`the store answered the integer ${text}, which is beyond 2^53`)
  return value
}

function bytes(text: string): Uint8Array {
  if (!text.startsWith('\\x'))
    throw new StoreError('the server writes bytes in the old form; set bytea_output = hex for the role')
  // A copy: small buffers of Node.js share memory with others.
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}
