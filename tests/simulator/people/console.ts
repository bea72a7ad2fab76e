// libsignal writes private ratchet keys to the console; those lines, and only those, are kept off it.

const secretive = [
  'Closing session:',
  'Session already closed',
  'Closing open session',
  'Decrypted message with closed session',
  'Failed to decrypt message with any known session',
  'Session error:',
  'Removing old closed session',
  'V1 session storage migration',
  'WARNING: Expected pubkey of length 33',
  'Opening session:',
  'Session already open',
]
const installed = Symbol.for('linda.simulator.quiet')

export function silenceSignal(): void {
  const mark = console as unknown as Record<symbol, boolean>
  if (mark[installed]) return
  mark[installed] = true
  for (const level of ['log', 'info', 'warn', 'error'] as const) {
    const original = console[level].bind(console)
    console[level] = (...values: unknown[]) => {
      const [first] = values
      if (typeof first === 'string' && secretive.some((start) => first.startsWith(start))) return
      original(...values)
    }
  }
}
