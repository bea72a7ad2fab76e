// What the outbox asks of the routing: who is to send a message.

/** What a message needs of its account. */
export interface Wanted {
  pool: string
  /** Named by the caller: nobody else may send it. */
  bound: string | null
  /** Who the conversation is with. */
  pinned: string | null
  region: string | null
  /** Who must not. */
  except: readonly string[]
  /** It was asked before: that there is still nobody is no news. */
  again: boolean
}

/** Who is to send it: an account of the pool, or null where none may at present. Asked inside transactions, so without waiting. */
export type Route = (wanted: Wanted) => string | null
