// The command `npm run simulator`: one line of JSON when ready, one line on stderr and exit 2 when it cannot start.
import { CommanderError } from 'commander'
import { parseOptions } from './options.ts'
import { startSimulator } from './simulator.ts'

try {
  const options = parseOptions(process.argv.slice(2))
  const simulator = await startSimulator(options)
  const stop = () => void simulator.close().then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Started by spawnSimulator: a parent that is gone needs no simulator.
  process.once('disconnect', stop)
  const { url, rootKey, controlUrl } = simulator
  process.stdout.write(`${JSON.stringify({ url, rootKey, controlUrl })}\n`)
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exit(0)
  process.stderr.write(`${reason(error as NodeJS.ErrnoException & { port?: number })}\n`)
  process.exit(2)
}

function reason(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code === 'EADDRINUSE') return `error: port ${error.port} on 127.0.0.1 is in use`
  if (error.message.includes('database is locked'))
    return 'error: --state: another simulator is using this directory'
  const message = error.message.replace(/\s*\n\s*/g, ' ')
  return message.startsWith('error:') ? message : `error: ${message}`
}
