// Every alert has a page with the four sections, and every command and metric on it exists.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogue as events } from '../../../agent/events.ts'
import { catalogue } from '../../../agent/telemetry/catalogue.ts'
import { alerts, files } from '../../../prometheus/src/groups/index.ts'
import { metricsIn, standardMetrics } from './metrics.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'docs/runbooks')
const names = [...new Set(alerts.map(({ name }) => name))].sort()
const pages = names.map((name) => [name, readFileSync(join(folder, `${name}.md`), 'utf8')] as const)
const known = new Set([
  ...Object.values(catalogue).map(({ name }) => name),
  ...Object.values(files).flatMap((groups) =>
    groups.flatMap(({ records = [] }) => records.map(({ record }) => record)),
  ),
  ...standardMetrics,
])

/** The commands that `linda [COMMAND] --help` lists. */
function listed(...command: string[]): string[] {
  const { stdout } = spawnSync(process.execPath, ['agent/main.ts', ...command, '--help'], { cwd: root })
  const [, commands = ''] = String(stdout).split('\nCommands:\n')
  return [...commands.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name as string)
}

/** What follows `linda` in code: one or two words in small letters. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/`linda ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g)].map(([, ...words]) =>
    words.filter((word) => word !== undefined),
  )

describe('runbooks', () => {
  const top: string[] = []
  const below = new Map<string, string[]>()
  beforeAll(() => {
    top.push(...listed())
    for (const name of ['failover', 'messages', 'account', 'webhooks', 'audit', 'token', 'keys'])
      below.set(name, listed(name))
  }, 60_000)

  it('are there for every alert, and for nothing else', () => {
    const there = readdirSync(folder).filter((file) => file !== 'README.md')
    expect(there.sort()).toEqual(names.map((name) => `${name}.md`))
  })

  it.each(pages)('%s has its four sections, something to paste and something to do', (name, text) => {
    const heads = text.split('\n').filter((line) => line.startsWith('#'))
    expect(heads).toEqual([`# ${name}`, '## Meaning', '## Impact', '## Diagnosis', '## Mitigation'])
    expect(text).toMatch(/## Diagnosis\n\n```promql\n[^`]+```\n/)
    expect(text.length).toBeLessThan(2_500)
  })

  it.each(pages)('%s names metrics and events that exist', (_, text) => {
    for (const [, promql = ''] of text.matchAll(/```promql\n([^`]+)```/g))
      for (const metric of metricsIn(promql)) expect(known).toContain(metric)
    for (const [, event] of text.matchAll(
      /`((?:session|message|failover|history|store|webhook|report|admin|pairing|agent)\.[a-z-]+)`/g,
    ))
      if (!/^(history\.retention|pairing\.max)$/.test(event as string))
        expect(events).toHaveProperty([event as string])
  })

  it.each(pages)('%s asks whom the routing takes, not how many sessions are open', (_, text) => {
    // In maintenance, or taken out by a failover, a session is open all the same.
    expect(text).not.toContain('whatsapp_pool_accounts')
  })

  it.each(pages)('%s names commands that exist', (_, text) => {
    const found = commandsIn(text)
    expect(found.length).toBeGreaterThan(0)
    for (const [command = '', second] of found) {
      expect(top).toContain(command)
      if (second && below.has(command)) expect(below.get(command)).toContain(second)
    }
  })

  it.each(pages)('%s links to pages that exist', (_, text) => {
    for (const [, file = ''] of text.matchAll(/\]\(([A-Za-z]+\.md)\)/g))
      expect(existsSync(join(folder, file))).toBe(true)
  })

  it.each(alerts.map((alert) => [alert.name, alert.action] as const))(
    '%s suggests commands that exist',
    (_, action) => {
      for (const [command = '', second] of commandsIn(action.replaceAll(/(^|[ (])linda /g, '$1`linda '))) {
        expect(top).toContain(command)
        if (second && below.get(command)?.length && /^(list|show|on|off|drain|up|dead|redrive)$/.test(second))
          expect(below.get(command)).toContain(second)
      }
    },
  )
})
