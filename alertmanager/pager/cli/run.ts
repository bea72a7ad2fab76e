// `linda-pager run`: the pager in the foreground; a stop by signal is status 0, a mistake of the operator one line and status 2.

import type { CommandIo } from '../../../agent/cli/io.ts'
import { createLogger } from '../../../agent/telemetry/logging.ts'
import { loadPagerConfig, pagerFile } from '../config/load.ts'
import { readSecrets } from '../config/secrets.ts'
import { startPager } from '../pager.ts'

/** Resolves with the exit status when the pager has stopped. Rejects with ConfigError, StoreError or ListenError. */
export async function run(file: string | undefined, io: CommandIo): Promise<number> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<{ signal: string; status: number }>()
  // From the first moment: a signal that comes while the store is opened counts too.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => ask({ signal, status: 0 }))
  const config = loadPagerConfig({ path: file, env: io.env, cwd: io.cwd })
  const secrets = readSecrets(config, io.cwd, pagerFile({ path: file, env: io.env }).file)
  const log = createLogger(config.log.level)
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection')
    ask({ signal: 'unhandled-rejection', status: 1 })
  })
  const pager = await startPager(config, secrets, log)
  const { apiUrl, callbacksUrl, metricsUrl } = pager
  log.info({ api_url: apiUrl, callbacks_url: callbacksUrl, metrics_url: metricsUrl }, 'listening')
  const { signal, status } = await asked
  await pager.stop(signal)
  return status
}
