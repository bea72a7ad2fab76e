// What the catalogue says of one event, so that its log line and its place in the history follow from it.

/** Level of the log line an event becomes; `trace` events are normally only counted. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error'

export interface Entry {
  level: Level
  /** One sentence; docs/events.md is made from it. */
  help: string
  /** Kept in the history although its level is below `info`. */
  keep?: true
  /** At most one line of the log in this time, in milliseconds, with the number of those left out; metrics count them all. */
  logEveryMs?: number
}

/** An entry for every event of a room: one that is forgotten does not compile. */
export type Entries<Data> = { readonly [T in keyof Data]: Entry }
