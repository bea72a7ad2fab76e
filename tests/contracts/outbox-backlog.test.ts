// A backlog of many more messages than one look can do is done in looks that follow each other closely.

import { expect, it } from 'vitest'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { agentOn, newStore } from './outbox/stage.ts'

/** More than one look does within its second where that is short, and a multiple of it under load. */
const many = 6_000

onBothDrivers((driver) => {
  // The pace is of no driver, and PostgreSQL takes its time for so many on a machine that is busy.
  it.skipIf(driver.name === 'postgres')(
    'thousands of parked messages are all given soon after somebody may have them',
    async () => {
      const opened = await newStore(driver)
      let may = false
      const agent = await agentOn(opened, {
        settings: { limit: 2 * many },
        route: () => (may ? 'a' : null),
        start: false,
      })
      agent.phone().open = false
      const { sql } = opened
      const series = `WITH RECURSIVE g (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < ${many - 1})`
      await sql.query(
        `${series} INSERT INTO conversation (id, pool, account, last_seq, changed_at) SELECT 'c' || n, 'sales', NULL, 1, 1 FROM g`,
      )
      await sql.query(
        `${series} INSERT INTO message (id, wa_id, caller, body_hash, pool, account, bound, conversation, seq, state, open, attempts,
         next_at, expires_at, accepted_at, refused_by, possible_duplicate, payload, steps)
       SELECT 'n' || n, 'WAn' || n, 'test', 'h', 'sales', NULL, 0, 'c' || n, 1, 'parked', 1, 0, 1, $1, 1, '', 0, $2, '' FROM g`,
        [Date.now() + 3_600_000, new Uint8Array([1])],
      )
      may = true
      // By its own clock: nobody asks it to look.
      await agent.path.start([...agent.phones.values()])
      let left = many
      await until(
        () => `${left} of ${many} are still parked`,
        async () => {
          const [row] = await sql.query("SELECT count(*) AS n FROM message WHERE state = 'parked'")
          left = Number(row?.n)
          return left === 0
        },
        7_000,
      )
      const given = "SELECT count(*) AS n FROM message WHERE state = 'queued' AND account = 'a'"
      expect(await sql.query(given)).toEqual([{ n: many }])
    },
  )
})
