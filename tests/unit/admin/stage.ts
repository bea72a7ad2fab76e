// The admin application over a real fleet on a scripted server, with real tokens in a real file.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { stringify } from 'yaml'
import { adminApp } from '../../../agent/admin/app.ts'
import type { AdminEnv } from '../../../agent/admin/auth.ts'
import { mintToken, type Role, roles, TokenBook } from '../../../agent/admin/tokens.ts'
import { HealthMonitor } from '../../../agent/health/monitor.ts'
import { embeddedHistory } from '../../../agent/history/embedded.ts'
import { ScanTimeAnalyzer } from '../../../agent/pairing/learning/analyzer.ts'
import { account, type FleetStage, fleetStage } from '../fleet/stage.ts'
import { thresholds, weights } from '../health/settings.ts'
import { settings } from '../pairing/learning/people.ts'
import { temporaryFolder } from '../store/folder.ts'

const minted = await Promise.all(roles.map((role) => mintToken(role, role)))
export const tokens = Object.fromEntries(minted.map(({ token, entry }) => [entry.role, token])) as Record<
  Role,
  string
>

export interface AdminStage extends FleetStage {
  monitor: HealthMonitor
  analyzer: ScanTimeAnalyzer
  app: Hono<AdminEnv>
  tokensFile: string
  /** Errors that were our own. */
  errors: unknown[]
  /** Asks with the token of a role, or with none. */
  ask(path: string, role?: Role | null, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown, role?: Role): Promise<Response>
}

/** @param accounts how many accounts the fleet has; all of them dial and nobody answers yet */
export async function adminStage(accounts = 1): Promise<AdminStage> {
  const fleet = await fleetStage({ connectConcurrency: 10 })
  const tokensFile = join(temporaryFolder(), 'tokens.yaml')
  writeFileSync(tokensFile, stringify({ tokens: minted.map(({ entry }) => entry) }))
  const errors: unknown[] = []
  const analyzer = new ScanTimeAnalyzer('survival', settings)
  const monitor = new HealthMonitor({
    bus: fleet.bus,
    views: () => fleet.fleet.members().map(({ session }) => session.snapshot),
    view: (id) => fleet.fleet.find(id)?.session.snapshot,
    weights,
    thresholds,
  })
  const app = adminApp({
    fleet: fleet.fleet,
    analyzer,
    monitor,
    probeDeadlineMs: 1_500,
    unhealthyBelow: 60,
    sql: fleet.sql,
    history: embeddedHistory(fleet.sql),
    bus: fleet.bus,
    tokens: new TokenBook(tokensFile, () => {}),
    regenerations: 3,
    onError: (error) => errors.push(error),
  })
  await fleet.fleet.start(Array.from({ length: accounts }, (_, i) => account(i + 1)))
  while (fleet.server.sockets.length < accounts) await new Promise<void>((resolve) => setImmediate(resolve))
  const ask: AdminStage['ask'] = async (path, role = 'operator', init = {}) =>
    app.request(path, {
      ...init,
      headers: { ...(role ? { authorization: `Bearer ${tokens[role]}` } : {}), ...init.headers },
    })
  const post: AdminStage['post'] = (path, body, role = 'operator') =>
    ask(path, role, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return { ...fleet, monitor, analyzer, app, tokensFile, errors, ask, post }
}

/** Status and code of a refusal; fails where the answer is no problem document. */
export async function problem(response: Response): Promise<[number, string, string]> {
  if (response.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`no problem: ${response.status} ${await response.text()}`)
  const { status, title, detail, type } = (await response.json()) as Record<string, string> & {
    status: number
  }
  if (status !== response.status || type !== 'about:blank')
    throw new Error('the problem contradicts its status')
  return [status, title ?? '', detail ?? '']
}

/** Status and code, in words. */
export async function refusal(response: Response): Promise<string> {
  const [status, code] = await problem(response)
  return `${status} ${code}`
}
