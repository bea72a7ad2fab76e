// What libsignal prints is dropped, private keys and all; what we print is printed; a rejection of ours still ends the process.

import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { comesFromLibrary, contain } from '../../../../agent/session/baileys/containment.ts'

const require = createRequire(import.meta.url)
/** libsignal's own class; closing a session prints it, keys included. */
const SessionRecord = require('libsignal/src/session_record.js') as new () => {
  closeSession(session: object): void
  openSession(session: object): void
}
const session = () => ({ indexInfo: { closed: -1 }, ratchet: { privKey: 'PRIVATE-RATCHET-KEY' } })

const levels = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const
const originals = levels.map((level) => [level, console[level]] as const)
let written: unknown[][]
let told: { printed: string[]; rejected: string[]; fatal: unknown[] }
let release: () => void

beforeEach(() => {
  written = []
  for (const level of levels) console[level] = (...args: unknown[]) => void written.push([level, ...args])
  told = { printed: [], rejected: [], fatal: [] }
  release = contain({
    printed: (level) => told.printed.push(level),
    rejected: (detail) => told.rejected.push(detail),
    fatal: (error) => told.fatal.push(error),
  })
})
afterEach(() => {
  release()
  for (const [level, original] of originals) console[level] = original
})

describe('the console', () => {
  it('of libsignal is dropped and counted by level', () => {
    const record = new SessionRecord()
    const one = session()
    record.closeSession(one) // console.info
    record.closeSession(one) // console.warn: already closed
    record.openSession(one) // console.info
    expect(told.printed).toEqual(['info', 'warn', 'info'])
    expect(written).toEqual([])
  })

  it('without containment shows why: the key is printed', () => {
    release()
    new SessionRecord().closeSession(session())
    expect(JSON.stringify(written)).toContain('PRIVATE-RATCHET-KEY')
  })

  it.each(levels)('of ours at %s passes with its arguments', (level) => {
    console[level]('hello', 1)
    expect(written).toEqual([[level, 'hello', 1]])
    expect(told.printed).toEqual([])
  })

  it('is as it was once released', () => {
    const contained = console.info
    release()
    console.info('after')
    expect(console.info).not.toBe(contained)
    expect(written).toEqual([['info', 'after']])
  })
})

describe('a rejection that nobody awaits', () => {
  // Not raised for real: the test runner listens for unhandled rejections too and would call the run failed.
  const raise = (error: unknown) => process.listeners('unhandledRejection').at(-1)?.(error, Promise.resolve())

  it('of the library is counted', () => {
    const error = new Error('Unsupported state or unable to authenticate data')
    error.stack =
      'Error: x\n    at decrypt (/app/node_modules/@whiskeysockets/baileys/lib/Utils/noise-handler.js:1:1)'
    raise(error)
    expect(told).toMatchObject({ rejected: [error.message], fatal: [] })
  })

  it.each([[new Error('ours')], ['a string'], [undefined]])('of ours is fatal (%s)', (error) => {
    raise(error)
    expect(told).toMatchObject({ rejected: [], fatal: [error] })
  })

  it('is no longer ours to judge once released', () => {
    const before = process.listenerCount('unhandledRejection')
    release()
    expect(process.listenerCount('unhandledRejection')).toBe(before - 1)
    vi.restoreAllMocks()
  })
})

it.each([
  ['at x (/app/node_modules/libsignal/src/session_record.js:273:17)', true],
  ['at x (/app/node_modules/@whiskeysockets/baileys/lib/Socket/socket.js:1:1)', true],
  ['at x (C:\\app\\node_modules\\libsignal\\src\\curve.js:1:1)', true],
  ['at x (file:///app/node_modules/whatsapp-rust-bridge/dist/index.js:1:1)', true],
  ['at x (/app/agent/session/baileys/containment.ts:1:1)', false],
  ['at x (/app/node_modules/libsignal-other/index.js:1:1)', false],
  ['at x (/home/libsignal/agent/main.ts:1:1)', false],
  [undefined, false],
])('%s comes from the library: %s', (stack, from) => {
  expect(comesFromLibrary(stack)).toBe(from)
})
