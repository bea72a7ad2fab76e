// What every command is given instead of the process itself, so that a test can be its terminal.

/** Where a command writes, and what it reads beside its arguments. */
export interface CommandIo {
  out(text: string): void
  err(text: string): void
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}
