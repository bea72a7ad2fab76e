// Why an agent could not be asked, in one line, and whose fault it was.

/** `status` is the exit status: 1 where the agent does not answer, 2 where it refuses or the environment is wrong. */
export class AskError extends Error {
  readonly status: 1 | 2
  constructor(message: string, status: 1 | 2) {
    super(message)
    this.status = status
  }
}
