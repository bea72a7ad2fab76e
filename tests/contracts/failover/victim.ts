// A process that fails an account over and dies at one moment of it: inside a step's transaction, or right after its commit.

import { Bus } from '../../../agent/events.ts'
import { openStore } from '../../../agent/store/open.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { stage } from './stage.ts'

const [url = '', state = '', when = ''] = process.argv.slice(2)
const die = (): boolean => process.kill(process.pid, 'SIGKILL')

const store = await openStore(url, new Bus('node-1'))
/** What the step writes to its row names the state that it goes to. */
const sql: Sql = {
  driver: store.driver,
  query: (text, params) => store.query(text, params),
  notify: (channel, payload) => store.notify(channel, payload),
  listen: (channel, heard) => store.listen(channel, heard),
  close: () => store.close(),
  async transaction(work, options) {
    let reached = false
    const result = await store.transaction(async (tx) => {
      const done = await work({
        notify: (channel, payload) => tx.notify(channel, payload),
        query: (text, params) => {
          if (/(INSERT INTO|UPDATE) failover/.test(text) && params?.includes(state)) reached = true
          return tx.query(text, params)
        },
      })
      if (reached && when === 'inside') die()
      return done
    }, options)
    if (reached && when === 'after') die()
    return result
  },
}
const staged = stage(sql)
await staged.strike()
await staged.idle()
await store.close()
