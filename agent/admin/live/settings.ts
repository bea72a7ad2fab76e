// What the live stream may cost: readers, memory and patience, each with its bound.

export interface LiveSettings {
  clients: number
  /** Frames that are kept for those who come back. */
  frames: number
  /** Bytes that may wait for one reader when more is to be written. */
  waitingBytes: number
  beatMs: number
  /** How long a reader that is told to go may take, in milliseconds. */
  leaveMs: number
}

/** 10,000 frames are about 14 MB (measured). A proxy gives up on a silent answer after a minute, commonly. */
export const liveSettings: LiveSettings = {
  clients: 500,
  frames: 10_000,
  waitingBytes: 1_048_576,
  beatMs: 15_000,
  leaveMs: 5_000,
}
