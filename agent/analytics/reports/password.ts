// The password of the mail server comes from its file when the agent starts; a file that cannot be used ends the start with one line.

import { readFileSync } from 'node:fs'
import { ConfigError } from '../../config/problems.ts'

/** Null where none is configured. Throws ConfigError. */
export function mailPassword(file: string | null): string | null {
  if (file === null) return null
  const refuse = (found: string): never => {
    const allowed = 'a file whose first line is the password'
    throw new ConfigError(file, [{ path: 'reports.smtp.password_file', found, allowed }])
  }
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    refuse(`an unreadable file (${(error as NodeJS.ErrnoException).code})`)
  }
  // Editors end a file with a newline.
  const password = text.replace(/\r?\n$/, '')
  if (password === '' || /[\r\n\0]/.test(password))
    refuse(password === '' ? 'nothing in it' : 'several lines')
  return password
}
