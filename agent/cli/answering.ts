// What every command does that asks the agent: print its answer, or say in one line why there is none.

import { AskError, type Asking, agentUrl, askAgent } from './agent-api.ts'
import type { CommandIo } from './io.ts'

/** Prints what `work` answers, text as it is and values as JSON. Status 1 when the agent does not answer, 2 when it refuses. */
export async function answering(io: CommandIo, work: () => Promise<string | object>): Promise<number> {
  try {
    const answer = await work()
    io.out(typeof answer === 'string' ? shown(answer) : `${JSON.stringify(answer, null, 2)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    io.err(`${error.message}\n`)
    return error.status
  }
}

/**
 * The JSON of an answer. Rejects with AskError, also when what answers there is no Linda.
 * @param isLinda tells Linda's answer from that of another server
 */
export async function askJson<T extends object>(
  path: string,
  io: CommandIo,
  asking: Asking = {},
  isLinda: (body: T) => boolean = () => true,
): Promise<T> {
  const response = await askAgent(path, io, asking)
  const text = await response.text().catch(() => {
    throw new AskError(`cannot ask ${agentUrl(io)}: its answer broke off`, 1)
  })
  const body = parsed(text) as T | null
  if (typeof body === 'object' && body !== null && isLinda(body)) return body
  throw noLinda(io)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Names and words of others stand in it: of what a terminal obeys, colours are left. */
function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replaceAll(/(\x1b\[[\d;]*m)|(?![\n\r\t])\p{Cc}/gu, (_, colour?: string) => colour ?? '?')
}

/** Somebody answers there, and nobody of ours. */
export function noLinda(io: CommandIo): AskError {
  return new AskError(`cannot ask ${agentUrl(io)}: what answers there is no Linda`, 1)
}
