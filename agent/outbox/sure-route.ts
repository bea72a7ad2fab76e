// Who may be given a message: what the routing says from memory is held against the store, in the transaction that gives.

import { giving } from '../routing/taken-out.ts'
import type { Queryable } from '../store/sql.ts'
import type { Route } from './route.ts'

declare const sure: unique symbol

/** A route that never answers an account which is out of service in the store. Only `sureRoute` makes one, and only for its transaction. */
export type SureRoute = Route & { readonly [sure]: true }

/**
 * First of all in a transaction that gives messages or conversations to accounts: until its end no account is taken out of service, see
 * `giving`. What the caller has bound to an account stays with it, whatever its mode, and no failover moves it. Rejects with StoreError.
 */
export async function sureRoute(tx: Queryable, route: Route): Promise<SureRoute> {
  const out = await giving(tx)
  return ((wanted) => {
    const account = route(wanted)
    if (wanted.bound !== null || account === null || !out.has(account)) return account
    // This process has not heard of it yet.
    const other = route({ ...wanted, except: [...wanted.except, ...out] })
    return other !== null && out.has(other) ? null : other
  }) as SureRoute
}
