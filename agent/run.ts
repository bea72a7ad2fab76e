// `linda run`: the agent in the foreground; a mistake of the operator is one line and status 2, a stop by signal is status 0.

import { startAgent } from './agent.ts'
import type { CheckConfigIo } from './cli/check-config.ts'
import { loadConfig } from './config/load.ts'
import { ConfigError } from './config/problems.ts'
import type { Config } from './config/schema.ts'
import { buildContext } from './context.ts'
import { ListenError } from './http.ts'
import { StoreError } from './store/sql.ts'

/** Resolves with the exit status when the agent has stopped. */
export async function run(file: string | undefined, io: CheckConfigIo): Promise<number> {
  try {
    const config = loadConfig({ path: file, env: io.env, cwd: io.cwd })
    const context = await buildContext(config)
    let end: (status: number) => void = () => {}
    const ended = new Promise<number>((resolve) => {
      end = resolve
    })
    const agent = await startAgent(context, (error) => {
      context.log.fatal({ err: error }, 'unhandled rejection')
      void agent.stop('unhandled-rejection').then(() => end(1))
    })
    const unused = unusedSettings(config)
    if (unused.length > 0) context.log.warn({ keys: unused }, 'configured, and not used by this version')
    const { metricsUrl, adminUrl } = agent
    context.log.info({ metrics_url: metricsUrl, admin_url: adminUrl }, 'listening')
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => void agent.stop(signal).then(() => end(0)))
    const status = await ended
    // Sockets of the library may still be dying; everything of ours is closed and flushed.
    setImmediate(() => process.exit(status))
    return status
  } catch (error) {
    if (error instanceof ConfigError || error instanceof StoreError || error instanceof ListenError) {
      io.err(`${error.message}\n`)
      return 2
    }
    throw error
  }
}

/** Keys that the configuration knows because their features come later: whoever sets them must not believe that they work. */
function unusedSettings({ history, health, pairing }: Config): string[] {
  const keys: string[] = []
  if (history.influx !== null) keys.push('history.influx')
  if (health.canary === 'on') keys.push('health.canary')
  if (pairing.policy !== 'survival') keys.push('pairing.policy')
  return keys
}
