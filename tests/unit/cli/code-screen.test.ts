// What stands on the screen is the newest frame, its seconds run down, and a code that has expired does not stay; a pipe gets each once.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LinkingFrame } from '../../../agent/admin/linking/stream.ts'
import { CodeScreen } from '../../../agent/cli/code-screen.ts'
import { terminal } from './io.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const frame: LinkingFrame = {
  account: 'uae-1',
  phoneEnding: '01',
  state: 'code',
  words: 'Point the camera here.',
  attempt: 1,
  turn: 1,
  turns: 4,
  code: '2@CODE',
  svg: '<svg/>',
  lifeLeftMs: 3_000,
}
const waiting: LinkingFrame = {
  ...frame,
  state: 'waiting',
  words: 'Wait.',
  code: null,
  svg: null,
  lifeLeftMs: null,
}

function stage(screen: boolean) {
  const { io, said } = terminal()
  return { screen: new CodeScreen({ ...io, screen }), said, shown: () => rendered(said.out) }
}

/** What a terminal shows after all that was written to it: it is cleared as a whole or by the line, and nothing else. */
function rendered(written: string): string {
  const page = written.split('\x1b[H\x1b[2J').at(-1) ?? ''
  const lines = page.split('\n').map((line) => line.split('\r\x1b[2K').at(-1))
  return lines.join('\n')
}
const head = 'uae-1, number ending in 01. '

describe('on a screen', () => {
  it('the seconds run on one line, and at the end the code is gone', () => {
    const { screen, shown } = stage(true)
    screen.show(frame, '[QR]\n')
    for (const left of [3, 2, 1]) {
      expect(shown()).toBe(`${head}Point the camera here.\n[QR]\ngood for ${left} s`)
      vi.advanceTimersByTime(1_000)
    }
    expect(shown()).toBe('A code is on its way.\n')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('the next frame replaces everything, and no clock of the last one goes on', () => {
    const { screen, shown } = stage(true)
    screen.show(frame, '[QR 1]\n')
    vi.advanceTimersByTime(1_500)
    screen.show({ ...frame, lifeLeftMs: 60_000 }, '[QR 2]\n')
    expect(shown()).toBe(`${head}Point the camera here.\n[QR 2]\ngood for 60 s`)
    vi.advanceTimersByTime(10_000)
    expect(shown()).toContain('[QR 2]\ngood for 50 s')
    screen.show(waiting, '')
    vi.advanceTimersByTime(60_000)
    expect(shown()).toBe(`${head}Wait.\n`)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('a code that comes with no life left is never left standing', () => {
    const { screen, shown } = stage(true)
    screen.show({ ...frame, lifeLeftMs: 0 }, '[QR]\n')
    expect(shown()).toBe('A code is on its way.\n')
    vi.advanceTimersByTime(1_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ended in the middle, it writes no more', () => {
    const { screen, said } = stage(true)
    screen.show(frame, '[QR]\n')
    screen.end()
    screen.end()
    const { out } = said
    vi.advanceTimersByTime(60_000)
    expect(said.out).toBe(out)
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('in a pipe every frame is printed once, without a clock and without a control character', () => {
  const { screen, said } = stage(false)
  screen.show(frame, '[QR 1]\n')
  vi.advanceTimersByTime(60_000)
  screen.show(waiting, '')
  expect(said.out).toBe(`${head}Point the camera here. Good for 3 s.\n[QR 1]\n${head}Wait.\n`)
  expect(vi.getTimerCount()).toBe(0)
})

it.each([
  ['code', 1, ''],
  ['code', 2, ' Attempt 2 of 4.'],
  ['code', 4, ' Attempt 4 of 4.'],
  ['pairing-code', 4, ''],
  ['expired', 4, ''],
] as const)('%s in turn %i says the attempt: "%s"', (state, turn, words) => {
  const { screen, said } = stage(false)
  screen.show({ ...frame, state, turn, lifeLeftMs: null }, '')
  expect(said.out).toBe(`${head}Point the camera here.${words}\n`)
})
