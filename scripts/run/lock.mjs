// One process at a time does the work; a lock whose holder died is taken over within half a minute.

import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const beatMs = 2_000
/** A holder that has not touched its lock for this long is gone: sleeping laptops and stopped processes included. */
const staleMs = 30_000

/**
 * Runs `work` while holding the directory `path`. Waits for another holder; `waiting` is called once when it must.
 * SIGINT and SIGTERM abort the signal that `work` is given; they take effect when the work has ended and the lock is gone.
 */
export async function withLock(path, waiting, work) {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!take(path)) {
    if (!told) waiting()
    told = true
    await sleep(200)
  }
  const beat = setInterval(() => touch(path), beatMs)
  const stop = new AbortController()
  let raised = null
  const onSignal = (signal) => {
    raised = signal
    stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    return await work(stop.signal)
  } finally {
    clearInterval(beat)
    rmSync(path, { recursive: true, force: true })
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    if (raised !== null) process.kill(process.pid, raised)
  }
}

function take(path) {
  try {
    mkdirSync(path)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  try {
    const { mtimeMs, ino } = statSync(path)
    if (Date.now() - mtimeMs < staleMs) return false
    // Renaming is atomic: of two that found the lock stale, one moves it away and the other must not move the new one.
    const aside = `${path}.${process.pid}`
    renameSync(path, aside)
    if (statSync(aside).ino !== ino) renameSync(aside, path)
    else rmSync(aside, { recursive: true, force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
  return false
}

function touch(path) {
  const now = new Date()
  try {
    utimesSync(path, now, now)
  } catch {
    // Somebody took it over while this process was stopped; the work is idempotent.
  }
}
