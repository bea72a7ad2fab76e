// `linda token create NAME`: the token is shown once, the file gets its hash.

import { addToken, mintToken, type Role, roles } from '../admin/tokens.ts'
import type { CommandIo } from './io.ts'

/** Answers the exit status. */
export async function createToken(
  name: string,
  { role, file }: { role: string; file: string },
  io: CommandIo,
): Promise<number> {
  if (!roles.includes(role as Role)) {
    io.err(`--role: found "${role}", allowed: ${roles.join(', ')}\n`)
    return 2
  }
  const { token, entry } = await mintToken(name, role as Role)
  try {
    addToken(file, entry)
  } catch (error) {
    io.err(`${(error as Error).message}\n`)
    return 2
  }
  io.err(`added ${role} "${name}" to ${file}; this token is not shown again:\n`)
  io.out(`${token}\n`)
  return 0
}
