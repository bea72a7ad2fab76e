// `linda run`: the agent in the foreground; a mistake of the operator is one line and status 2, a stop by signal is status 0.

import { type RunningAgent, startAgent } from './agent.ts'
import type { CommandIo } from './cli/io.ts'
import { loadConfig } from './config/load.ts'
import { unusedSettings } from './config/unused.ts'
import { buildContext } from './context.ts'

/** Resolves with the exit status when the agent has stopped. Rejects with ConfigError, StoreError or ListenError. */
export async function run(file: string | undefined, io: CommandIo): Promise<number> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<{ signal: string; status: number }>()
  // From the first moment: a signal that comes while the store is opened or a thousand sessions are set up counts too.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => ask({ signal, status: 0 }))
  const config = loadConfig({ path: file, env: io.env, cwd: io.cwd })
  const context = await buildContext(config)
  const agent: RunningAgent = await startAgent(context, (error) => {
    context.log.fatal({ err: error }, 'unhandled rejection')
    ask({ signal: 'unhandled-rejection', status: 1 })
  })
  for (const note of unusedSettings(config)) context.log.warn(note)
  const { metricsUrl, adminUrl } = agent
  context.log.info({ metrics_url: metricsUrl, admin_url: adminUrl }, 'listening')
  const { signal, status } = await asked
  await agent.stop(signal)
  // Sockets of the library may still be dying; everything of ours is closed and flushed.
  setImmediate(() => process.exit(status))
  return status
}
