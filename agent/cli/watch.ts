// `linda status --watch`: the accounts as they are and as they change, on a screen as one table, elsewhere as one line for each change.

import { EventSourceParserStream } from 'eventsource-parser/stream'
import { AskError, agentUrl, askAgent } from './agent-api.ts'
import type { CommandIo } from './io.ts'
import { type Listed, statusTable } from './status.ts'

/** What is used of a frame of the live stream; `detail` is of the last one, which says why it ends. */
interface Frame {
  at: string
  type: string
  account: string | null
  connections?: Listed[]
  data?: Record<string, unknown> & { connection?: Listed }
  detail?: string
}

const CLEAR = '\x1b[H\x1b[2J'

/**
 * Status 0 when `leaving` says so, 1 when the agent does not answer or ends the stream, 2 when it refuses.
 * @param leaving the person has seen enough
 */
export async function watchStatus(
  { json }: { json: boolean },
  io: CommandIo,
  leaving: AbortSignal,
): Promise<number> {
  const watch = new Watch(io, json)
  try {
    const asking = { timeoutMs: null, signal: leaving }
    const answer = await askAgent('/api/dashboard/stream', io, asking)
    if (!answer.body || !answer.headers.get('content-type')?.startsWith('text/event-stream'))
      throw new AskError(`cannot ask ${agentUrl(io)}: what answers there is no Linda`, 1)
    const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    for await (const { event, data } of events) {
      const frame = JSON.parse(data) as Frame
      if (event === 'bye') throw new AskError(`the agent ended the stream: ${frame.detail}`, 1)
      watch.take(frame, data)
    }
    throw new AskError('the agent ended the stream', 1)
  } catch (error) {
    if (leaving.aborted) return 0
    // What breaks off in the middle is no error of ours.
    const { message, status } =
      error instanceof AskError ? error : new AskError(`the agent went away: ${(error as Error).message}`, 1)
    io.err(`${message}\n`)
    return status
  } finally {
    watch.end()
  }
}

class Watch {
  #io: CommandIo
  #json: boolean
  #rows = new Map<string, Listed>()
  #drawing: NodeJS.Immediate | undefined

  constructor(io: CommandIo, json: boolean) {
    this.#io = io
    this.#json = json
  }

  take(frame: Frame, text: string): void {
    const { connections, data } = frame
    if (connections) this.#rows = new Map(connections.map((row) => [row.account, row]))
    if (data?.connection) this.#rows.set(data.connection.account, data.connection)
    if (this.#json) this.#io.out(`${text}\n`)
    else if (!this.#io.screen) this.#io.out(connections ? this.#table() : lineOf(frame))
    // Changes that come together are one picture.
    else this.#drawing ??= setImmediate(() => this.#draw())
  }

  end(): void {
    if (this.#drawing) this.#draw()
  }

  #draw(): void {
    clearImmediate(this.#drawing)
    this.#drawing = undefined
    this.#io.out(`${CLEAR}${this.#table()}`)
  }

  #table(): string {
    return statusTable([...this.#rows.values()])
  }
}

/** The time, what happened, of which account, and what is said of it beside the account's row. */
function lineOf({ at, type, account, data = {} }: Frame): string {
  const { connection: _, ...said } = data
  const words = Object.entries(said).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${[at, type, account ?? '-', ...words].join(' ')}\n`
}
