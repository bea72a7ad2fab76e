// The guard by the name under which the rest of the admin API knows it.

export { clientOf } from './access/client.ts'
export { type AdminEnv, atLeast, type Guard, makeGuard } from './access/guard.ts'
export type { NarrowTokens } from './access/ways-in.ts'
