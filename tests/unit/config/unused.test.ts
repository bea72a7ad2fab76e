// What works and should not be relied on is said: a limit that is exceeded, and secrets that cross a network in clear.

import { expect, it } from 'vitest'
import { isLoopback } from '../../../agent/config/listen.ts'
import { assemble } from '../../../agent/config/schema.ts'
import { unusedSettings } from '../../../agent/config/unused.ts'
import { validate } from '../../../agent/config/validate.ts'

const tls = { cert_file: 'a', key_file: 'b' }
const clear = 'tokens cross the network in clear'
const keys = 'whoever stands between could be any user of Grafana'

it.each<[object, string[]]>([
  [{}, []],
  [{ listen: '127.0.0.1:1' }, []],
  [{ listen: '[::1]:1' }, []],
  [{ listen: 'localhost:1' }, []],
  [{ listen: '0.0.0.0:1' }, [clear]],
  [{ listen: '10.0.0.7:1' }, [clear]],
  [{ listen: '0.0.0.0:1', tls }, []],
  [{ grafana: { url: 'http://grafana:3000' } }, [keys]],
  [{ grafana: { url: 'http://127.0.0.1:3000' } }, []],
  [{ grafana: { url: 'https://grafana.example' } }, []],
  [{ grafana: { url: 'https://grafana.example', jwks_url: 'http://grafana:3000/keys' } }, [keys]],
])('admin: %j', (admin, expected) => {
  const { parsed, breaches } = validate({ admin })
  if (!parsed) throw new Error(JSON.stringify(breaches))
  expect(unusedSettings(assemble(parsed, null))).toEqual(
    expected.map((words) => expect.stringContaining(words)),
  )
})

it('a pool without accounts is named', () => {
  const { parsed, breaches } = validate({
    pools: [{ id: 'sales' }, { id: 'empty' }],
    accounts: [{ id: 'uae-1', phone: '+971505760056', pool: 'sales' }],
  })
  if (!parsed) throw new Error(JSON.stringify(breaches))
  expect(unusedSettings(assemble(parsed, null))).toEqual([
    expect.stringMatching(/^pools without an account here: empty;/),
  ])
})

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['[::1]', true],
  ['LOCALHOST', true],
  ['127.0.0.1.example', false],
  ['localhost.example', false],
  ['0.0.0.0', false],
  ['::', false],
  ['128.0.0.1', false],
  ['', false],
])('%j is on this machine: %s', (host, expected) => expect(isLoopback(host)).toBe(expected))
