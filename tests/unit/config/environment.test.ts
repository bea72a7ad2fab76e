// Variables override single keys and nothing else, and one that was mistyped does not pass in silence.

import { describe, expect, it } from 'vitest'
import { overlay, variableOf } from '../../../agent/config/environment.ts'
import { scalars } from '../../../agent/config/tree.ts'
import { validate } from '../../../agent/config/validate.ts'

const parsed = (env: Record<string, string>, file: Record<string, unknown> = {}) => {
  const { parsed, breaches } = validate(overlay(file, env).values)
  if (parsed === null) throw new Error(JSON.stringify(breaches))
  return parsed
}

describe('the environment', () => {
  it('names a key with two underscores between levels', () => {
    expect(variableOf(['whatsapp', 'root_key'])).toBe('LINDA_WHATSAPP__ROOT_KEY')
    expect(variableOf(['health', 'weights', 'qr_quality'])).toBe('LINDA_HEALTH__WEIGHTS__QR_QUALITY')
  })

  it('reaches every single-valued key and no list', () => {
    const names = [...scalars()].map(({ path }) => variableOf(path))
    expect(names).toContain('LINDA_WHATSAPP__RECONNECT__STABLE_AFTER')
    expect(names).toContain('LINDA_HISTORY__INFLUX__PASSWORD_FILE')
    expect(names.filter((name) => /^LINDA_(POOLS|ACCOUNTS|WEBHOOKS)_/.test(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })

  it('goes before the file and leaves the file as it was', () => {
    const file = { node: { id: 'node-1', capacity: 10 } }
    expect(parsed({ LINDA_NODE__ID: 'node-9' }, file).node).toMatchObject({ id: 'node-9', capacity: 10 })
    expect(file.node.id).toBe('node-1')
  })

  it('reads numbers, flags and null by the kind of key, and keeps text as text', () => {
    const result = parsed({
      LINDA_NODE__CAPACITY: '12',
      LINDA_PAIRING__QUANTILE: '0.5',
      LINDA_WHATSAPP__ROOT_KEY: '1'.repeat(64),
      LINDA_TELEMETRY__OTLP_ENDPOINT: 'null',
      LINDA_HISTORY__INFLUX__URL: 'http://influx:8086',
      LINDA_HISTORY__INFLUX__MANAGE_SCHEMA: 'false',
      LINDA_HISTORY__INFLUX__USERNAME: 'linda',
      LINDA_HISTORY__INFLUX__PASSWORD_FILE: '12',
    })
    expect(result.node.capacity).toBe(12)
    expect(result.pairing.quantile).toBe(0.5)
    expect(result.whatsapp.rootKey).toBe('1'.repeat(64))
    expect(result.telemetry.otlpEndpoint).toBeNull()
    expect(result.history.influx).toMatchObject({ manageSchema: false, passwordFile: '12' })
  })

  it('fills a section that the file leaves empty', () => {
    expect(parsed({ LINDA_NODE__ID: 'node-9' }, { node: null }).node.id).toBe('node-9')
  })

  it('does not overwrite something that is no section', () => {
    expect(overlay({ node: 'x' }, { LINDA_NODE__ID: 'node-9' }).values).toEqual({ node: 'x' })
  })

  it('ignores empty variables, other programs and those that are no keys', () => {
    const env = {
      LINDA_NODE__ID: '',
      LINDA_CONFIG: 'x.yaml',
      LINDA_URL: 'http://localhost',
      LINDA_TOKEN_FILE: 'x',
      LINDA_MASTER_KEY: 'x',
      LINDA_INSTALL: '0',
      PATH: '/bin',
      OTHER__NODE: 'x',
    }
    expect(overlay({}, env)).toMatchObject({ values: {}, problems: [] })
  })

  it.each([
    ['LINDA_WHATSAP__URL', 'did you mean LINDA_WHATSAPP__URL?'],
    ['LINDA_POOLS__ID', 'LINDA_SECTION__KEY, for keys outside lists'],
    ['LINDA_node__id', 'did you mean LINDA_NODE__ID?'],
    ['LINDA___PROTO____X', 'LINDA_SECTION__KEY, for keys outside lists'],
  ])('refuses %s', (variable, allowed) => {
    const { problems } = overlay({}, { [variable]: 'secret' })
    expect(problems).toEqual([{ path: '', variable, found: 'a variable that names no key', allowed }])
  })
})
