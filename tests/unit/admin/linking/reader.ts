// Somebody who follows the linking of an account: everything that the stream said, until they leave or it ends.

import { createParser } from 'eventsource-parser'
import { onTestFinished } from 'vitest'
import type { LinkingFrame } from '../../../../agent/admin/linking/stream.ts'
import { until } from '../../../harness/until.ts'

export interface Reader {
  response: Response
  frames: LinkingFrame[]
  /** Names of the events, in the order of the frames. */
  names: (string | undefined)[]
  /** Lines that only keep the answer alive. */
  comments: string[]
  ended: boolean
  /** The newest frame, once it has this state. */
  sees(state: LinkingFrame['state']): Promise<LinkingFrame>
  end(): Promise<void>
  /** Closes the page. */
  leave(): Promise<void>
}

/** Reads on until the end, or until the test has finished. */
export function follow(response: Response): Reader {
  if (!response.body) throw new Error('an answer without a body')
  const body = response.body.getReader()
  const at: Reader = {
    response,
    frames: [],
    names: [],
    comments: [],
    ended: false,
    sees: (state) =>
      until(
        () => `a frame "${state}" after ${at.frames.map((frame) => frame.state).join(', ')}`,
        () => (at.frames.at(-1)?.state === state ? at.frames.at(-1) : null),
      ),
    end: async () => void (await until('the end of the stream', () => at.ended)),
    leave: () => body.cancel().catch(() => {}),
  }
  const parser = createParser({
    onEvent: ({ data, event }) => {
      at.frames.push(JSON.parse(data))
      at.names.push(event)
    },
    onComment: (comment) => at.comments.push(comment),
    onError: (error) => at.comments.push(`not server-sent events: ${error.message}`),
  })
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await body.read()
      if (done) break
      parser.feed(decoder.decode(value, { stream: true }))
    }
  }
  void read()
    .catch(() => {}) // cut off, which is an end as well
    .finally(() => {
      at.ended = true
    })
  onTestFinished(at.leave)
  return at
}
