// `npm run bench -- NAME`: measures, and judges nothing; the ratios are what may be quoted.

import { benchAdmin } from './admin.ts'
import { table } from './figures.ts'
import { benchHealth } from './health.ts'
import { benchLive } from './live.ts'
import { benchMessages } from './messages.ts'
import { benchReports } from './reports.ts'
import { benchRouting } from './routing.ts'
import { benchStore } from './store.ts'

const benches: Record<string, () => Promise<string>> = {
  store: async () => table(await benchStore()),
  health: benchHealth,
  routing: benchRouting,
  messages: benchMessages,
  live: benchLive,
  reports: benchReports,
  admin: benchAdmin,
}

const [name = ''] = process.argv.slice(2)
const bench = benches[name]
if (!bench) {
  process.stderr.write(`found "${name}", allowed: ${Object.keys(benches).join(', ')}\n`)
  process.exit(2)
}
process.stdout.write(await bench())
