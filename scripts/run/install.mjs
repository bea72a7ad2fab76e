// node_modules holds what package-lock.json says, or npm is asked once to make it so.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { withLock } from './lock.mjs'

/** Installs when something is missing. Throws with what npm said when that fails. */
export async function install(root) {
  if (isInstalled(root)) return
  await withLock(
    join(root, '.linda', 'install.lock'),
    () => console.error('linda: another process is installing packages, waiting for it'),
    async (stop) => {
      if (isInstalled(root)) return
      console.error('linda: installing packages (npm ci), this takes a minute')
      await npmCi(root, stop)
      stamp(root, lockHash(root))
    },
  )
}

/** Whether node_modules fits the lock file: it is stamped with its hash, or npm's own record agrees with it. */
export function isInstalled(root) {
  const hash = lockHash(root)
  if (hash === null) return existsSync(join(root, 'node_modules'))
  if (text(stampFile(root)) === hash) return true
  if (!agrees(text(join(root, 'package-lock.json')), text(join(root, 'node_modules', '.package-lock.json'))))
    return false
  stamp(root, hash)
  return true
}

/** Whether every package of the lock file is in the record, at the same version; optional ones may be missing. */
export function agrees(lock, record) {
  if (record === null) return false
  const wanted = JSON.parse(lock).packages
  const present = JSON.parse(record).packages
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (present[path] === undefined ? optional === true : present[path].version === version),
  )
}

function npmCi(root, stop) {
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ]
  // Under `npm run` the same npm is used again; it may not be on the PATH.
  const npm = process.env.npm_execpath
  const own = npm !== undefined && /^npm-cli\.c?js$/.test(basename(npm))
  const [command, before] = own ? [process.execPath, [npm]] : ['npm', []]
  const env = { ...process.env, npm_config_engine_strict: 'false', npm_config_update_notifier: 'false' }
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...before, ...args], {
      cwd: root,
      env,
      signal: stop,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk
      })
    child.on('error', (error) => reject(new Error(`npm cannot be started: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(explain(said.trim(), signal ?? code)))
    })
  })
}

function explain(said, status) {
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/.test(said)
  const first = offline
    ? 'the packages could not be downloaded: npm does not reach its registry'
    : `npm ci failed (${status})`
  return `${first}\n${said}`
}

function lockHash(root) {
  const lock = text(join(root, 'package-lock.json'))
  return lock === null ? null : createHash('sha256').update(lock).digest('hex')
}

function stampFile(root) {
  return join(root, 'node_modules', '.linda-lock')
}

function stamp(root, hash) {
  writeFileSync(stampFile(root), hash)
}

function text(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
