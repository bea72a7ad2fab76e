// InfluxDB away, frozen, locked or half dead: nobody waits for it, what waits is written when it is back, and what is lost is counted.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { InfluxOptions } from '../../agent/history/influx.ts'
import { Journal } from '../../agent/history/journal.ts'
import { HistoryError } from '../../agent/history/port.ts'
import { hasInflux, type InfluxServer, startInflux } from '../harness/influx.ts'
import { freePort } from '../harness/server-process.ts'
import { until } from '../harness/until.ts'
import { opened, openInflux } from './histories.ts'

/** A history with its journal, and something that emits without a pause. */
function stage(server: { url: string }, options: Partial<InfluxOptions> = {}) {
  const { history, bus, events, database } = openInflux(server, { requestMs: 1_000, ...options })
  const journal = new Journal(history, bus)
  onTestFinished(() => journal.stop())
  let emitted = 0
  let slowestMs = 0
  const emit = (count: number) => {
    for (let i = 0; i < count; i++) {
      const startedAt = performance.now()
      bus.emit('session.opened', { ms: emitted++, reconnect: true }, { account: `a-${i % 50}` })
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    }
  }
  const count = (type: 'history.written' | 'history.dropped', outcome = '') =>
    events
      .of(type)
      .filter((event) => outcome === '' || (event as { outcome?: string }).outcome === outcome)
      .reduce((sum, { count }) => sum + count, 0)
  const written = () => count('history.written', 'written')
  const dropped = () => count('history.dropped')
  const drained = () =>
    until(
      () => `${written()} + ${dropped()} of ${emitted}`,
      () => written() + dropped() === emitted,
    )
  const stats = () => ({ emitted, slowestMs, written: written(), dropped: dropped() })
  return { history, bus, events, database, journal, emit, drained, stats }
}

describe.skipIf(!hasInflux)('influxd', () => {
  let server: InfluxServer
  beforeAll(async () => {
    server = await startInflux()
  })
  beforeEach(() => server.start())
  afterAll(() => server.close())

  const stored = async (database: string) =>
    Number((await server.query('SELECT count(id) FROM event', database))[0]?.count ?? 0)

  it('stopped under load: nothing blocks, and everything is there afterwards', async () => {
    const { history, events, database, emit, drained, stats } = stage(server)
    emit(100)
    await drained()
    await server.stop()
    for (let i = 0; i < 20; i++) {
      emit(100)
      await new Promise(setImmediate)
    }
    await events.first('history.unreachable')
    await expect(history.read({ limit: 1 })).rejects.toThrow(HistoryError)
    emit(500)
    await server.start()
    emit(500)
    await drained()
    expect(stats()).toMatchObject({ emitted: 3_100, written: 3_100, dropped: 0 })
    expect(await stored(database)).toBe(3_100)
    expect(events.of('history.unreachable')).toHaveLength(1)
    const { downMs } = await events.first('history.reachable', { where: (e) => e.downMs !== null })
    expect(downMs).toBeGreaterThan(0)
  })

  it('frozen under load: emitting goes on, the buffer overflows, and what is lost is counted', async () => {
    const { events, database, emit, drained, stats } = stage(server)
    emit(100)
    await drained()
    server.freeze()
    emit(6_000)
    // A time-out, and another try after it.
    await until(
      'two tries',
      () => events.of('history.written').filter((e) => e.outcome === 'failed').length >= 2,
    )
    emit(6_000)
    // Far from a wait for the server, on however slow a machine.
    expect(stats().slowestMs).toBeLessThan(500)
    server.thaw()
    await drained()
    const { emitted, written, dropped } = stats()
    expect(emitted).toBe(12_100)
    expect(dropped).toBe(2_000)
    expect(written).toBe(10_100)
    // What was frozen in the middle of a write may have been kept and dropped.
    expect(await stored(database)).toBeGreaterThanOrEqual(written)
    expect(await stored(database)).toBeLessThanOrEqual(written + 200)
  })

  it('away at the start: said once, nothing is lost, and said again when it can be used', async () => {
    const port = await freePort()
    const { history, events, emit, journal, drained } = stage({ url: `http://127.0.0.1:${port}` })
    await events.first('history.unreachable')
    emit(10)
    for (let i = 0; i < 3; i++) await journal.flush()
    await expect(history.read({ limit: 1 })).rejects.toThrow(/InfluxDB at 127.0.0.1:\d+: .*ECONNREFUSED/)
    expect(events.of('history.unreachable')).toHaveLength(1)
    const late = await startInflux({ port })
    onTestFinished(() => late.close())
    await drained()
    expect(events.of('history.reachable')).toHaveLength(1)
    expect(await history.read({ limit: 100 })).toHaveLength(10)
  })

  it('nobody asks anything: its return is noticed all the same', async () => {
    const { history, events } = openInflux(server)
    await events.first('history.reachable')
    await server.stop()
    await expect(history.read({ limit: 1 })).rejects.toThrow(HistoryError)
    await server.start()
    expect(await events.first('history.reachable', { where: (e) => e.downMs !== null })).toBeTruthy()
  })

  it('back with an empty disk: the schema is made again', async () => {
    const { database, emit, drained, events } = stage(server)
    emit(1)
    await drained()
    await server.query(`DROP DATABASE "${database}"`)
    emit(3)
    await drained()
    expect(await stored(database)).toBe(3)
    expect(events.of('history.unreachable')).toMatchObject([
      { detail: expect.stringContaining('database not found') },
    ])
  })
})

describe.skipIf(!hasInflux)('influxd that asks for a password', () => {
  let server: InfluxServer
  beforeAll(async () => {
    server = await startInflux({ auth: true })
  })
  afterAll(() => server.close())

  it('a wrong one is said once, without it, and nothing is lost until it is right', async () => {
    const login = { username: 'linda', password: 'hunter2' }
    const { history, events, emit, journal, drained } = stage(server, login)
    emit(5)
    await journal.flush()
    await journal.flush()
    const error = await history.read({ limit: 1 }).catch((e: unknown) => e)
    expect(error).toMatchObject({
      name: 'HistoryError',
      refused: false,
      message: expect.stringMatching(/authorization failed; see history.influx.username and password_file$/),
    })
    expect(events.of('history.unreachable')).toHaveLength(1)
    const everything = JSON.stringify([error, Object.values(error as object), events.events])
    for (const secret of ['hunter2', Buffer.from('linda:hunter2').toString('base64')])
      expect(everything).not.toContain(secret)
    await server.query("CREATE USER linda WITH PASSWORD 'hunter2' WITH ALL PRIVILEGES")
    await drained()
    expect(await history.read({ limit: 10 })).toHaveLength(5)
  })

  it('a user who may not make the schema is told what to do, and may write into one that is there', async () => {
    await server.query("CREATE USER writer WITH PASSWORD 'w'")
    await server.query('CREATE DATABASE theirs')
    await server.query('GRANT ALL ON theirs TO writer')
    const login = { username: 'writer', password: 'w', database: 'theirs' }
    const managed = openInflux(server, login)
    await expect(managed.history.append([opened()])).rejects.toThrow(
      /set history.influx.manage_schema: false/,
    )
    const left = openInflux(server, { ...login, manageSchema: false })
    await left.history.append([opened()])
    expect(await left.history.read({ limit: 5 })).toHaveLength(1)
  })

  it('no name is sent where none is configured', async () => {
    const { history } = openInflux(server)
    await expect(history.read({ limit: 1 })).rejects.toThrow(/unable to parse authentication credentials/)
  })
})

describe('something else at the address', () => {
  async function answering(answer: Parameters<typeof createServer>[1]) {
    const server: Server = createServer(answer).listen(0, '127.0.0.1')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    await until('it listens', () => server.listening)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return openInflux({ url }, { requestMs: 300 })
  }

  it('an answer that breaks off ends in time', async () => {
    const { history } = await answering((_, response) => {
      response.write('{"results":[')
      setImmediate(() => response.destroy())
    })
    await expect(history.read({ limit: 1 })).rejects.toThrow(HistoryError)
    await expect(history.append([opened()])).rejects.toThrow(HistoryError)
  })

  it('an answer that never ends is given up, and its connection with it', async () => {
    let open = 0
    const { history } = await answering((request, response) => {
      open += 1
      request.socket.once('close', () => {
        open -= 1
      })
      response.write('{"results":[')
    })
    await expect(history.read({ limit: 1 })).rejects.toThrow(/no answer within 300 ms/)
    await until('every connection is closed', () => open === 0)
  })

  it.each([
    ['a page', 200, '<html>'],
    ['an error of a proxy', 502, 'bad gateway'],
    ['a redirection', 302, ''],
  ])('%s is an error that names the address', async (_, status, body) => {
    const { history, events } = await answering((_request, response) => response.writeHead(status).end(body))
    await expect(history.read({ limit: 1 })).rejects.toThrow(/^InfluxDB at 127.0.0.1:\d+: /)
    expect(events.of('history.unreachable')).toHaveLength(1)
  })
})
