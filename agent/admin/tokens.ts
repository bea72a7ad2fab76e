// Tokens, roles and callers by the name under which the rest of the admin API knows them.

export type { Caller, Via } from './access/caller.ts'
export { isRole, lower, type Role, reaches, roles } from './access/roles.ts'
export { TokenBook, type TokenChange } from './access/token-book.ts'
export { addToken, mintToken, readTokens, removeToken, type TokenEntry } from './access/token-file.ts'
