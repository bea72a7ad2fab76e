// A timer that fires late says that this process was frozen, not that the other side was silent: what arrived meanwhile waits to be read.

/** A timer this much behind its time (ms) means that the process stood still: a paused VM, a long collection, SIGSTOP. */
const FROZEN_MS = 1_000
/** Turns of the event loop that read what is waiting in the sockets take no longer than this, in milliseconds. */
const READ_MS = 250

/**
 * Calls `then` after `ms`; when that turns out to be much later, gives the sockets a moment first.
 * @returns what cancels it
 */
export function afterQuiet(ms: number, then: () => void): () => void {
  const dueAt = performance.now() + ms
  let timer = setTimeout(() => {
    if (performance.now() - dueAt < FROZEN_MS) then()
    else {
      timer = setTimeout(then, READ_MS)
      timer.unref()
    }
  }, ms)
  timer.unref()
  return () => clearTimeout(timer)
}
