// What is generated is good in the eyes of promtool, and every alert does what its cases say.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documents } from '../../../scripts/docs/alerts.ts'
import { stale } from '../../../scripts/docs.ts'
import { temporaryFolder } from '../store/folder.ts'
import { trimmed } from './trimmed.ts'

const folder = join(import.meta.dirname, '../../../prometheus')
const list = (name: string): string[] => readdirSync(join(folder, name)).sort()

/** Debian's package `prometheus` has it; the tests are skipped without. */
const installed = spawnSync('promtool', ['--version']).status === 0

async function promtool(...args: string[]): Promise<{ status: number; output: string }> {
  // It makes a database for each case: collecting its garbage less often takes a fifth of the time away.
  const child = spawn('promtool', args, { cwd: folder, env: { ...process.env, GOGC: '400' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data
    })
  const [status] = (await once(child, 'close')) as [number]
  return { status, output }
}

describe('rules and their tests', () => {
  it('are what prometheus/src makes', async () => {
    const ours = documents().map(({ file }) => file)
    const old = (await stale()).map(({ file }) => file).filter((file) => ours.includes(file))
    expect(old, 'make them with: npm run docs').toEqual([])
  })

  it('are all there is in their folders', () => {
    const made = (name: string) =>
      documents()
        .filter(({ file }) => file.startsWith(`prometheus/${name}/`))
        .map(({ file }) => file.split('/').at(-1))
        .sort()
    for (const name of ['rules', 'tests']) expect(list(name)).toEqual(made(name))
  })
})

describe.skipIf(!installed)('promtool', () => {
  it('takes the rules without a word', async () => {
    const { status, output } = await promtool('check', 'rules', ...list('rules').map((f) => `rules/${f}`))
    expect(status, output).toBe(0)
    expect(output).not.toMatch(/warn|duplicate|FAILED/)
  })

  it('takes the configuration with them', async () => {
    const { status, output } = await promtool('check', 'config', 'prometheus.yml')
    expect(status, output).toBe(0)
    expect(output).toContain(`${list('rules').length} rule files found`)
  })

  it.each(list('tests'))(
    'finds that the alerts of %s fire when they should, and only then',
    async (file) => {
      const cases = trimmed(join(folder, 'tests', file), temporaryFolder())
      const { status, output } = await promtool('test', 'rules', ...cases)
      expect(status, output).toBe(0)
      expect(output.match(/SUCCESS/g)).toHaveLength(cases.length)
    },
    120_000,
  )
})
