// What is only true of InfluxDB: the schema that is made or left alone, the numbers for Grafana, and lines that nobody can break out of.

import { expect, it } from 'vitest'
import { downsampling, single, year } from '../../agent/history/influx/schema.ts'
import { day, onInflux, opened, openInflux } from './histories.ts'

const policy = (name: string, duration: string, shard: string, isDefault: boolean) => ({
  name,
  duration,
  shardGroupDuration: shard,
  replicaN: 1,
  default: isDefault,
})

onInflux((influx) => {
  const policies = async (database: string) =>
    (await influx().query(`SHOW RETENTION POLICIES ON "${database}"`)).filter(
      ({ name }) => name !== 'autogen',
    )

  it('makes database, policies and downsampling, and changes them with the configuration', async () => {
    const first = openInflux(influx())
    await first.history.append([opened()])
    const yearly = policy(year, '8760h0m0s', '168h0m0s', false)
    expect(await policies(first.database)).toEqual([policy(single, '720h0m0s', '24h0m0s', true), yearly])
    expect(await influx().query('SHOW CONTINUOUS QUERIES')).toContainEqual({
      name: 'linda_downsample',
      query: expect.stringContaining(`RESAMPLE EVERY 5m FOR 1h BEGIN SELECT mean(*)`),
    })
    await influx().query(`DROP CONTINUOUS QUERY linda_downsample ON "${first.database}"`)
    await influx().query(
      `CREATE CONTINUOUS QUERY linda_downsample ON "${first.database}" BEGIN SELECT max(x) INTO y FROM z GROUP BY time(1h) END`,
    )
    const second = openInflux(influx(), { database: first.database, retentionMs: 36 * 3_600_000 })
    expect(await second.history.read({ limit: 5 })).toHaveLength(1)
    expect(await policies(first.database)).toEqual([policy(single, '36h0m0s', '24h0m0s', true), yearly])
    const queries = (await influx().query('SHOW CONTINUOUS QUERIES')).map(({ query }) => String(query))
    expect(queries.filter((query) => query.includes(` ON ${first.database} `))).toEqual([
      expect.stringContaining('mean(*)'),
    ])
  })

  it('makes a database whose name has to be quoted', async () => {
    const { history } = openInflux(influx(), { database: 'we"ird-.$\'name' })
    await history.append([opened()])
    expect(await history.read({ limit: 5 })).toHaveLength(1)
  })

  it('leaves the schema alone where it is told to', async () => {
    const { history, database } = openInflux(influx(), { manageSchema: false })
    await expect(history.append([opened()])).rejects.toThrow(
      /database not found.*; make it, or set history.influx.manage_schema: true/,
    )
    await expect(history.read({ limit: 1 })).rejects.toThrow(/database not found/)
    await influx().query(`CREATE DATABASE "${database}"`)
    await history.append([opened()])
    expect(await history.read({ limit: 5 })).toHaveLength(1)
    expect(await policies(database)).toEqual([])
    expect(JSON.stringify(await influx().query('SHOW CONTINUOUS QUERIES'))).not.toContain(` ${database} `)
  })

  it('answers nothing older than the retention, whatever the policy keeps', async () => {
    const { history, database } = openInflux(influx(), { manageSchema: false })
    await influx().query(`CREATE DATABASE "${database}"`)
    await history.append([opened({ at: Date.now() - 31 * day }), opened({ at: Date.now() - 29 * day })])
    expect(await influx().query('SELECT id FROM event', database)).toHaveLength(2)
    expect(await history.read({ limit: 5 })).toHaveLength(1)
    expect(await history.read({ limit: 5, since: 0 })).toHaveLength(1)
    expect(await history.read({ limit: 5, since: 0, until: Date.now() - 30.5 * day })).toEqual([])
  })

  it('what the policy would delete at once is no error and holds nobody up', async () => {
    const { history, database, events } = openInflux(influx())
    const young = opened()
    await history.append([opened({ at: Date.now() - 31 * day }), young, opened({ at: 0 })])
    expect((await influx().query('SELECT id FROM event', database)).map(({ id }) => id)).toEqual([young.id])
    expect(events.of('history.unreachable')).toEqual([])
  })

  it('no text ends its line, its tag or its query', async () => {
    const { history, bus, database } = openInflux(influx())
    const evil = ['x\nevil,a=b c=1', 'x,evil=1', 'x evil=1', 'x\\', '', "' OR ''='", 'x" OR "']
    for (const text of evil) {
      const about = { account: text }
      await history.append([
        bus.emit(
          'diagnosis.found',
          { issue: text, severity: text, since: 1, pattern: text, numbers: {} },
          about,
        ),
      ])
      expect(await history.read({ limit: 5, account: text })).toMatchObject([{ issue: text, account: text }])
    }
    const names = (rows: Record<string, unknown>[], column: string) => rows.map((row) => row[column]).sort()
    expect(names(await influx().query('SHOW MEASUREMENTS', database), 'name')).toEqual(['diagnosis', 'event'])
    expect(names(await influx().query('SHOW TAG KEYS FROM diagnosis', database), 'tagKey')).toEqual([
      'account',
      'issue',
      'node',
      'severity',
    ])
    expect(names(await influx().query('SHOW FIELD KEYS FROM diagnosis', database), 'fieldKey')).toEqual([
      'active',
    ])
    expect(await influx().query('SELECT active FROM diagnosis', database)).toHaveLength(evil.length)
  })

  it('Grafana can draw scans, scores, disconnects, recoveries and diagnoses by their tags', async () => {
    const { history, bus, database } = openInflux(influx())
    const about = { account: 'a-1' }
    const closed = (reason: 'stalled' | 'replaced', openForMs: number | null) =>
      bus.emit('session.closed', { reason, code: null, detail: '', openForMs }, about)
    await history.append([
      bus.emit('pairing.scanned', { attempt: 1, scanMs: 10 }, about),
      bus.emit('pairing.scanned', { attempt: 2, scanMs: 20 }, about),
      closed('stalled', 100),
      closed('stalled', null),
      closed('replaced', 50),
      opened({ ms: 400 }),
    ])
    const ask = async (query: string) =>
      (await influx().query(query, database)).map(({ time: _time, ...row }) => row)
    expect(await ask('SELECT mean(scan_ms) FROM scan')).toEqual([{ mean: 15 }])
    expect(await ask('SELECT sum(disconnects), max(open_for_ms) FROM disconnect GROUP BY reason')).toEqual([
      { sum: 1, max: 50, reason: 'replaced' },
      { sum: 2, max: 100, reason: 'stalled' },
    ])
    expect(await ask(`SELECT mean(ms) FROM recovery WHERE account = 'a-1'`)).toEqual([{ mean: 400 }])
  })

  it('five minutes become one figure each in the policy of a year', async () => {
    const { history, bus, database } = openInflux(influx())
    // Two hours ago, at the beginning of five minutes.
    const start = Math.floor((Date.now() - 7_200_000) / 300_000) * 300_000
    const scanned = (after: number, account: string, scanMs: number) => ({
      ...bus.emit('pairing.scanned', { attempt: 1, scanMs }, { account }),
      at: start + after,
    })
    await history.append([
      scanned(0, 'a-1', 10),
      scanned(299_999, 'a-1', 30),
      scanned(300_000, 'a-1', 50),
      scanned(1, 'a-2', 70),
    ])
    // InfluxDB runs it every five minutes by itself; this is the same statement, run by hand.
    await influx().query(
      downsampling(database, `WHERE time >= ${start}ms AND time < ${start + 600_000}ms `),
      database,
    )
    const figures = `mean_scan_ms, min_scan_ms, max_scan_ms, count_scan_ms`
    expect(await influx().query(`SELECT ${figures}, account FROM "${year}".scan`, database)).toEqual(
      [
        [0, 20, 10, 30, 2, 'a-1'],
        [0, 70, 70, 70, 1, 'a-2'],
        [300_000, 50, 50, 50, 1, 'a-1'],
      ].map(([after, mean, min, max, count, account]) => ({
        time: (start + Number(after)) * 1e6,
        mean_scan_ms: mean,
        min_scan_ms: min,
        max_scan_ms: max,
        count_scan_ms: count,
        account,
      })),
    )
    const yearly = await influx().query('SHOW MEASUREMENTS', database)
    expect(yearly.map(({ name }) => name)).toEqual(['event', 'scan'])
    expect(await influx().query(`SELECT * FROM "${year}".event`, database)).toEqual([])
  })

  it('rows of another program in the same measurement do no harm', async () => {
    const { history, database } = openInflux(influx())
    await history.append([opened()])
    await influx().write('event,account=a-1 other=1', database, single)
    expect(await history.read({ limit: 10 })).toHaveLength(1)
  })

  it('a point that the server refuses is refused for good, and the server counts as reachable', async () => {
    const { history, database, events } = openInflux(influx())
    await history.read({ limit: 1 })
    await influx().write('event,account=a-1 id=1', database, single)
    await expect(history.append([opened()])).rejects.toMatchObject({
      name: 'HistoryError',
      refused: true,
      message: expect.stringContaining('field type conflict'),
    })
    expect(events.of('history.unreachable')).toEqual([])
  })
})
