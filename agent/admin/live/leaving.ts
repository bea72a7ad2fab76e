// Why the agent ends a stream, and how each transport says so.

/** By why: the close code of a WebSocket, and a sentence that both transports give. */
export const leavings = {
  slow: { code: 1013, words: 'read too slowly: come back with since and stream' },
  silent: { code: 1001, words: 'no sign of life' },
  spoke: { code: 1008, words: 'this stream takes no messages' },
  revoked: { code: 1008, words: 'the token is no longer good' },
  stopping: { code: 1001, words: 'the agent stops' },
} as const satisfies Record<string, { code: number; words: string }>

export type Leaving = keyof typeof leavings
