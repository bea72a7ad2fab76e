// What the library does to the whole process is kept from doing harm: private keys on the console, rejections nobody awaits.

import type { Trap } from '../../words.ts'

const levels = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

/** Files of the library and of the Signal implementation under it. */
const LIBRARY = /[\\/]node_modules[\\/](@whiskeysockets[\\/]baileys|libsignal|whatsapp-rust-bridge)[\\/]/

/** Whether a stack trace leads through the WhatsApp library. */
export function comesFromLibrary(stack: string | undefined): boolean {
  return stack !== undefined && LIBRARY.test(stack)
}

export type OnTrap = (trap: Trap, detail: string) => void

/**
 * Installs both containments for the process; answers the function that removes them.
 *
 * libsignal prints whole sessions, private ratchet keys included, with console.info: what is printed from its files is
 * dropped unread and counted. A rejection that starts in the library (a garbage frame raises one) is counted instead of
 * ending the process; any other is our own bug and ends it, as Node would.
 */
export function contain(onTrap: OnTrap, onFatal: (error: unknown) => void): () => void {
  const originals = levels.map((level) => [level, console[level]] as const)
  for (const [level, original] of originals)
    console[level] = (...args: unknown[]) => {
      if (comesFromLibrary(new Error().stack)) onTrap('console-output', level)
      else original.apply(console, args)
    }
  const onRejection = (error: unknown): void => {
    if (error instanceof Error && comesFromLibrary(error.stack)) onTrap('unhandled-rejection', error.message)
    else onFatal(error)
  }
  process.on('unhandledRejection', onRejection)
  return () => {
    for (const [level, original] of originals) console[level] = original
    process.off('unhandledRejection', onRejection)
  }
}
