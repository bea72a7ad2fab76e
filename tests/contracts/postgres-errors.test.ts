// A PostgreSQL that cannot be used is named with the reason and the way out of it, and no password is ever part of that.

import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import { connectionIsSound, detailOf, isConflict, storeError } from '../../agent/store/postgres/errors.ts'
import { problemWith } from '../../agent/store/postgres/server.ts'
import { openPostgres } from '../../agent/store/postgres.ts'
import { StoreError } from '../../agent/store/sql.ts'
import { hasPostgres, type PostgresServer, startPostgres, TLS_ONLY } from '../harness/postgres.ts'
import { freePort } from '../harness/server-process.ts'

const SECRET = 'hunter2-hunter2'

/** What an operator would read, with everything that a log line may have of the error. */
async function refusal(url: string): Promise<string> {
  const error = await openPostgres(url, new Bus('node-1'), { connectMs: 500 }).then(
    () => null,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(StoreError)
  const { message, stack, cause } = error as Error
  const all = [message, stack, JSON.stringify(cause), (cause as Error | undefined)?.stack].join()
  expect(all).not.toContain(SECRET)
  return message
}

/** A server that is no PostgreSQL; answers its port. */
async function strangeServer(greet: (socket: Socket) => void): Promise<number> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    greet(socket)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return port
}

describe('a server that is none', () => {
  const url = (port: number) => `postgres://linda:${SECRET}@127.0.0.1:${port}/linda`

  it('nobody listens', async () => {
    const port = await freePort()
    expect(await refusal(url(port))).toBe(
      `the store at 127.0.0.1:${port}/linda cannot be used: nobody listens there (connection refused); is the server running?`,
    )
  })

  it('there is no such host', async () => {
    const message = await refusal(`postgres://linda:${SECRET}@no-such-host.invalid/linda`)
    expect(message).toMatch(/no-such-host\.invalid:5432\/linda cannot be used: .*(host|did not answer)/)
  })

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['says nothing', () => {}, /did not answer in time, or is no PostgreSQL server/],
    ['speaks HTTP', (s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /no PostgreSQL|closed the connection/],
    ['speaks first', (s) => void s.write('SSH-2.0-OpenSSH_9.2\r\n'), /no PostgreSQL server/],
    ['hangs up', (s) => void s.destroy(), /closed the connection|reset/],
  ])('something %s', async (_, greet, message) => {
    const startedAt = performance.now()
    expect(await refusal(url(await strangeServer(greet)))).toMatch(message)
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  it.each([
    [`postgres://linda:${SECRET}@host:port/linda`],
    [`postgres://linda:${SECRET}@[::1/linda`],
    [`postgres://linda:${SECRET}@h/linda?sslrootcert=/no/such.pem`],
  ])('a URL that cannot be read', async (bad) => {
    expect(await refusal(bad)).toContain('store.url cannot be used')
  })

  it('a driver that does not exist', async () => {
    await expect(openStore('mysql://h/linda', new Bus('n'))).rejects.toThrow(StoreError)
  })
})

describe.skipIf(!hasPostgres)('a real server', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.close())

  it('refuses a wrong password', async () => {
    const url = new URL(await server.createSchema())
    url.password = SECRET
    expect(await refusal(url.href)).toContain('it refuses the user or the password of store.url')
  })

  it('wants a password and there is none', async () => {
    const url = new URL(await server.createSchema())
    url.password = ''
    expect(await refusal(url.href)).toContain('it wants a password and store.url has none')
  })

  it('has no such database', async () => {
    const url = new URL(await server.createSchema())
    url.pathname = '/absent'
    expect(await refusal(url.href)).toContain('/absent cannot be used: it has no database of that name')
  })

  it('demands TLS, or offers none', async () => {
    const url = new URL(await server.createSchema())
    expect(await refusal(`${url.href}&sslmode=verify-full`)).toContain('the server offers none')
    url.pathname = `/${TLS_ONLY}`
    expect(await refusal(url.href)).toContain('it demands TLS from this address; add ?sslmode=verify-full')
  })

  it('has a database in another encoding', async () => {
    const url = await server.createDatabase({ encoding: 'LATIN1' })
    expect(await refusal(url)).toContain('is encoded in LATIN1')
  })

  it('gives no right to create tables', async () => {
    const url = (await server.createSchema()).replace(/options=.*/, 'options=-csearch_path%3Dpg_catalog')
    const sql = await openStore(url, new Bus('node-1'))
    onTestFinished(() => sql.close())
    await expect(migrate(sql)).rejects.toThrow('may not do that; make it the owner of the database')
  })

  it('says what it refused without the value', async () => {
    const sql = await openStore(await server.createSchema(), new Bus('node-1'))
    onTestFinished(() => sql.close())
    await sql.query('CREATE TABLE t (id BIGINT PRIMARY KEY, body TEXT UNIQUE)')
    const put = (id: unknown) => sql.query('INSERT INTO t (id, body) VALUES ($1, $2)', [id as string, SECRET])
    await put(1)
    for (const id of [SECRET, 2, 1]) {
      const error = (await put(id).catch((error: unknown) => error)) as Error
      expect(error).toBeInstanceOf(StoreError)
      expect([error.message, error.stack, JSON.stringify(error.cause)].join()).not.toContain(SECRET)
    }
  })
})

it.each([
  [{ version: 130_012, standby: 0, encoding: 'UTF8' }, 'it is PostgreSQL 13; version 14 or newer is needed'],
  [{ version: 140_000, standby: 0, encoding: 'UTF8' }, null],
  [{ version: 180_001, standby: 0, encoding: 'UTF8' }, null],
  [{ version: 150_000, standby: 1, encoding: 'UTF8' }, /standby/],
  [{ version: 150_000, standby: 0, encoding: 'SQL_ASCII' }, /SQL_ASCII/],
])('%j is fit or not', (greeting, expected) => {
  if (expected === null) expect(problemWith(greeting)).toBeNull()
  else expect(problemWith(greeting)).toMatch(expected)
})

describe('an error', () => {
  const of = (code: string, message = '') => Object.assign(new Error(message), { code })
  it.each([
    ['23505', true, false],
    ['40001', true, true],
    ['40P01', true, true],
    ['57014', true, false],
    ['57P01', false, false],
    ['25006', false, false],
    ['08006', false, false],
    ['EPIPE', false, false],
    ['ECONNRESET', false, false],
  ])('%s leaves the connection usable: %s, and is worth another try: %s', (code, sound, conflict) => {
    for (const error of [of(code), storeError('the store', of(code))]) {
      expect(connectionIsSound(error)).toBe(sound)
      expect(isConflict(error)).toBe(conflict)
    }
  })

  it('without a code is a connection that is lost; one of ours is not', () => {
    expect(connectionIsSound(new Error('Query read timeout'))).toBe(false)
    expect(connectionIsSound(new StoreError('too many values'))).toBe(true)
  })

  it.each([
    [new AggregateError([of('ECONNREFUSED')]), /nobody listens/],
    [of('DEPTH_ZERO_SELF_SIGNED_CERT'), /certificate is not trusted/],
    [of('28000', 'role "x" is not permitted to log in'), /pg_hba/],
    [
      of('22P02', `invalid input syntax for type bigint: "${SECRET}"`),
      /^invalid input syntax for type bigint$/,
    ],
    [of('XX000', 'something odd'), /something odd/],
    [null, /no reason|unknown/],
  ])('%# is told in words', (error, words) => {
    expect(detailOf(error)).toMatch(words)
    expect(detailOf(error)).not.toContain(SECRET)
  })
})
