// What the library does to the whole process is kept from doing harm: private keys on the console, rejections nobody awaits.

const levels = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

/** Files of the library and of the Signal implementation under it. */
const LIBRARY = /[\\/]node_modules[\\/](@whiskeysockets[\\/]baileys|libsignal|whatsapp-rust-bridge)[\\/]/

/** Files of ours, this one aside, which stands on the stack of every intercepted print. */
const OWN = /[\\/](agent|tests)[\\/](?!session[\\/]baileys[\\/]containment\.ts)/

/**
 * Whether a stack trace began in the WhatsApp library: its innermost frame that is the library's or ours is the library's. Our own
 * mistake in a callback that the library called is ours.
 */
export function comesFromLibrary(stack: string | undefined): boolean {
  for (const frame of stack?.split('\n') ?? []) {
    if (!/^\s*at /.test(frame)) continue // the message may name any file
    if (LIBRARY.test(frame)) return true
    if (!frame.includes('node_modules') && OWN.test(frame)) return false
  }
  return false
}

export interface Contained {
  /** The library called this method of the console. */
  printed(method: string): void
  /** It left a rejection that nobody awaits. */
  rejected(detail: string): void
  /** A rejection that is our own. */
  fatal(error: unknown): void
}

/**
 * Installs both containments for the process; answers the function that removes them.
 *
 * libsignal prints whole sessions, private ratchet keys included, with console.info: what is printed from its files is
 * dropped unread and counted. A rejection that starts in the library (a garbage frame raises one) is counted instead of
 * ending the process; any other is our own bug and ends it, as Node would.
 */
export function contain(to: Contained): () => void {
  const originals = levels.map((level) => [level, console[level]] as const)
  for (const [level, original] of originals)
    console[level] = (...args: unknown[]) => {
      if (comesFromLibrary(new Error().stack)) to.printed(level)
      else original.apply(console, args)
    }
  const onRejection = (error: unknown): void => {
    if (error instanceof Error && comesFromLibrary(error.stack)) to.rejected(error.message)
    else to.fatal(error)
  }
  process.on('unhandledRejection', onRejection)
  return () => {
    for (const [level, original] of originals) console[level] = original
    process.off('unhandledRejection', onRejection)
  }
}
