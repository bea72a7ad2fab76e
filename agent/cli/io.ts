// What every command is given instead of the process itself, so that a test can be its terminal.

/** Where a command writes, and what it reads beside its arguments. */
export interface CommandIo {
  out(text: string): void
  err(text: string): void
  /** Whether `out` is a screen, on which text can be replaced. */
  screen: boolean
  /** Characters of a line of that screen; 0 or nothing where it does not say. */
  columns?: number | undefined
  env: Readonly<Record<string, string | undefined>>
  cwd: string
}
