// From files and variables to the frozen Config that the agent reads, and every mistake at once when that fails.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { configFile, loadConfig } from '../../../agent/config/load.ts'
import { ConfigError } from '../../../agent/config/problems.ts'

const good = join(import.meta.dirname, 'good')
const dir = mkdtempSync(join(tmpdir(), 'linda-config-'))
afterAll(() => rmSync(dir, { recursive: true }))

function load(text: string, env: Record<string, string> = {}) {
  writeFileSync(join(dir, 'linda.yaml'), text)
  return loadConfig({ env, cwd: dir })
}

function problems(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

describe('a good configuration', () => {
  it('has the documented defaults', () => {
    const config = loadConfig({ path: 'one-account.yaml', env: {}, cwd: good })
    expect(config).toMatchSnapshot()
  })

  it('takes every key', () => {
    const config = loadConfig({ path: 'every-key.yaml', env: {}, cwd: good })
    expect(config).toMatchSnapshot()
  })

  it('is frozen at every depth', () => {
    const config = loadConfig({ path: 'every-key.yaml', env: {}, cwd: good })
    expect(() => Object.assign(config.whatsapp.reconnect, { capMs: 1 })).toThrow(TypeError)
    expect(() => Object.assign(config.accounts[0] ?? {}, { id: 'x' })).toThrow(TypeError)
  })

  it('implies the pool and takes the region of the node', () => {
    const config = load('node: { region: ksa }\naccounts: [{ id: uae-1, phone: "+971505760056" }]')
    expect(config.pools).toEqual([{ id: 'default', strategy: 'least-loaded', failover: 'auto' }])
    expect(config.accounts[0]).toMatchObject({ pool: 'default', region: 'ksa' })
  })

  it('takes the master key from the environment and does not show it', () => {
    const config = load('', { LINDA_MASTER_KEY: 'hunter2' })
    expect(config.store.masterKey?.reveal()).toBe('hunter2')
    const shown = `${JSON.stringify(config)}${inspect(config, { depth: 9 })}${config.store.masterKey}`
    expect(shown).not.toContain('hunter2')
    expect(shown).toContain('[secret]')
  })
})

describe('the file', () => {
  it('is --config before LINDA_CONFIG before linda.yaml', () => {
    const env = { LINDA_CONFIG: 'b.yaml' }
    expect(configFile({ path: 'a.yaml', env, cwd: dir })).toEqual({ file: 'a.yaml', named: true })
    expect(configFile({ env, cwd: dir })).toEqual({ file: 'b.yaml', named: true })
    expect(configFile({ env: {}, cwd: dir })).toEqual({ file: 'linda.yaml', named: false })
  })

  it('must exist when it was named', () => {
    expect(problems(() => loadConfig({ path: 'no.yaml', env: {}, cwd: dir }))).toEqual([
      'no.yaml: found no such file, allowed: a file that can be read',
    ])
  })

  it('is explained when there is none', () => {
    const [line] = problems(() => loadConfig({ env: {}, cwd: join(dir, 'empty') }))
    expect(line).toContain('linda.yaml: found no such file here, allowed: a copy of linda.example.yaml')
  })

  it('must be a file', () => {
    const [line] = problems(() => loadConfig({ path: '.', env: {}, cwd: dir }))
    expect(line).toBe('.: found an unreadable file (EISDIR), allowed: a file that can be read')
  })

  it('must be text', () => {
    writeFileSync(join(dir, 'bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00]))
    const [line] = problems(() => loadConfig({ path: 'bytes.yaml', env: {}, cwd: dir }))
    expect(line).toBe('bytes.yaml: found bytes that are no text, allowed: YAML in UTF-8')
  })

  it('may not be nested to exhaustion', () => {
    const [line] = problems(() => load('['.repeat(20_000)))
    expect(line).toMatch(/^linda\.yaml(:1)?: found /)
  })

  it('does not reach the prototype of anything', () => {
    const lines = problems(() => load('__proto__: { polluted: true }\nnode: { __proto__: { id: x } }'))
    expect(lines).toHaveLength(2)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('does not show what a syntax error quotes', () => {
    expect(
      problems(() => load('store: { url: postgres://u:hunter2@h/d\n  @hunter2: x')).join(),
    ).not.toContain('hunter2')
  })
})

describe('mistakes', () => {
  it('are all told at once, each with its place', () => {
    const text = [
      'accounts:',
      '  - { id: uae-1, phone: "12345" }',
      '  - { id: uae-1, phone: "+971505760056", pool: sales }',
      'pools: [{ id: support }]',
      'pairing: { quantile: 2 }',
    ].join('\n')
    expect(problems(() => load(text, { LINDA_NODE__CAPACITY: 'many', LINDA_NODE__IDD: 'x' }))).toEqual([
      'LINDA_NODE__IDD: found a variable that names no key, allowed: did you mean LINDA_NODE__ID?',
      'LINDA_NODE__CAPACITY: node.capacity: found "many", allowed: a whole number from 1 to 100000',
      'linda.yaml:5: pairing.quantile: found 2, allowed: a number above 0 and below 1',
      'linda.yaml:2: accounts[0].phone: found "12345", allowed: E.164, for example +971505760056',
      'linda.yaml:3: accounts[1].id: found "uae-1", allowed: one that accounts[0] does not have already',
      'linda.yaml:2: accounts[0].pool: found nothing, allowed: one of pools: support',
      'linda.yaml:3: accounts[1].pool: found "sales", allowed: one of pools: support',
    ])
  })

  it('carry their parts for programs', () => {
    try {
      load('node:\n  capacity: -1')
    } catch (error) {
      expect((error as ConfigError).problems).toEqual([
        { path: 'node.capacity', found: '-1', allowed: 'a whole number from 1 to 100000', line: 2 },
      ])
    }
    expect.assertions(1)
  })

  it('are found behind an alias', () => {
    const text = 'x: &a { id: UAE, phone: "+971505760056" }\naccounts:\n  - *a'
    expect(problems(() => load(text)).at(-1)).toMatch(/^linda\.yaml:1: accounts\[0\]\.id: found "UAE"/)
  })
})

it('the example at the root is good', () => {
  const root = join(import.meta.dirname, '../../..')
  const config = loadConfig({ path: 'linda.example.yaml', env: {}, cwd: root })
  expect(config.accounts).toHaveLength(3)
  expect(readFileSync(join(root, 'linda.example.yaml'), 'utf8')).toContain('docs/configuration.md')
})
