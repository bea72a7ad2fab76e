// The simulator and its people beside an agent that somebody else runs, as in the profile demo of docker-compose.yml: until SIGTERM, faults and all.

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSimulator } from '../simulator/index.ts'
import { AgentClient, type Listed } from './agent-client.ts'
import { Mischief } from './mischief.ts'
import { Traffic } from './traffic.ts'
import { startViewers } from './viewers.ts'

const {
  LINDA_URL = 'http://linda:8420',
  LINDA_TOKEN_FILE = '/secrets/demo.token',
  SIMULATOR_STATE = '/state',
} = process.env
/** The texts of a demo that nobody ends are not kept for its summary. */
const FORGET_EVERY_MS = 60_000

// For the agent in its own container. Who sets faults is in this one.
const simulator = await startSimulator({
  host: '0.0.0.0',
  port: 7420,
  controlPort: 7421,
  state: SIMULATOR_STATE,
})
let over = false
const stop = (): void => {
  over = true
  void simulator.close().then(() => process.exit(0))
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
console.log(`simulator ${simulator.url}, root key ${simulator.rootKey}`)

const agent = new AgentClient(LINDA_URL, LINDA_URL, readFileSync(LINDA_TOKEN_FILE, 'utf8').trim())
const listed = await answering()
const accounts = listed.map(({ account, phoneNumber }) => ({ id: account, phone: phoneNumber }))
for (const { phone } of accounts)
  await simulator.client.setPhone(phone, { scan: { kind: 'after', median_ms: 1_500, sigma: 0.4 } })
const cast = { simulator, agent, accounts }
startViewers(cast)
const traffic = new Traffic(cast)
new Mischief(cast, 1).start()
setInterval(() => {
  traffic.texts.clear()
  traffic.ackedTexts.clear()
  traffic.markedTexts.clear()
}, FORGET_EVERY_MS)

/** The accounts, as soon as the agent answers; it may start later. */
async function answering(): Promise<Listed[]> {
  while (!over) {
    const rows = await agent.connections().catch((error: Error) => {
      console.log(`waiting for the agent: ${error.message}`)
      return []
    })
    if (rows.length > 0) return rows
    await sleep(2_000)
  }
  return []
}
