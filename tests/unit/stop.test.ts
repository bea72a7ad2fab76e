// An agent that is told to stop is gone within node.stop_within, whichever of its parts does not come to an end.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { type RunningAgent, startAgent } from '../../agent/agent.ts'
import { loadConfig } from '../../agent/config/load.ts'
import { buildContext, type Context } from '../../agent/context.ts'
import { temporaryFolder } from './store/folder.ts'

const STOP_WITHIN_MS = 500

async function start(): Promise<RunningAgent> {
  const folder = temporaryFolder()
  const file = join(folder, 'linda.yaml')
  writeFileSync(
    file,
    stringify({
      node: { stop_within: `${STOP_WITHIN_MS}ms` },
      // Nobody answers there: the session dials and waits.
      whatsapp: { url: 'ws://127.0.0.1:1/', reconnect: { base: '10s', cap: '1m' } },
      store: { url: 'sqlite::memory:', encryption: 'off' },
      metrics: { listen: '127.0.0.1:0' },
      admin: { listen: '127.0.0.1:0', tokens_file: join(folder, 'tokens.yaml') },
      accounts: [{ id: 'uae-1', phone: '+971505760056' }],
    }),
  )
  const config = loadConfig({ path: file, env: {}, cwd: folder })
  const context = await buildContext(config, { logTo: { write: () => {} } })
  return startAgent(context, (error) => {
    throw error
  })
}

const never = new Promise<never>(() => {})

/** What the real one does is done, and its end never comes. */
const endless: Record<string, (context: Context) => void> = {
  'messages on their way': ({ messages }) => {
    const stop = messages.stop.bind(messages)
    messages.stop = (ms) => stop(ms).then(() => never)
  },
  'a session': ({ fleet }) => {
    const stop = fleet.stop.bind(fleet)
    fleet.stop = () => stop().then(() => never)
  },
  'a message that the store does not take': ({ messages }) => {
    const close = messages.close.bind(messages)
    messages.close = () => close().then(() => never)
  },
  'the store': ({ sql }) => {
    const close = sql.close.bind(sql)
    sql.close = () => close().then(() => never)
  },
}

it.each(Object.keys(endless))('%s', async (part) => {
  const agent = await start()
  const stopped = vi.fn()
  agent.context.bus.on('agent.stopped', stopped)
  endless[part]?.(agent.context)
  const late = sleep(STOP_WITHIN_MS + 1_000, 'late', { ref: false })
  expect(await Promise.race([agent.stop('test'), late])).toBe(undefined)
  expect(stopped).toHaveBeenCalledTimes(1)
  // What comes after it was not left out.
  await expect(fetch(agent.adminUrl)).rejects.toThrow()
})
