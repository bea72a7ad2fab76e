// The schema as numbered steps; a step that was released is never edited.

import { step1 } from './schema/step-1.ts'
import { step2 } from './schema/step-2.ts'
import { step3 } from './schema/step-3.ts'
import { step4 } from './schema/step-4.ts'
import { step5 } from './schema/step-5.ts'

/** Step N stands at index N-1. The text is the same for both databases: SQLite takes BIGINT and BYTEA for names of its own types. */
export const steps: readonly (readonly string[])[] = [step1, step2, step3, step4, step5]

export const schemaVersion = steps.length

/** Names of the tables that the steps make, beside schema_version. */
export const ownTables: readonly string[] = steps
  .flat()
  .flatMap((statement) => /^\s*CREATE TABLE (\w+)/.exec(statement)?.[1] ?? [])
