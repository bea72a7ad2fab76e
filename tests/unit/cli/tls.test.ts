// A command trusts the authority that it is told of and shows the certificate that it was given; what is wrong with them is said before anything is asked.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { clientOf } from '../../../agent/admin/access/client.ts'
import { AskError, askAgent } from '../../../agent/cli/agent-api.ts'
import { listen } from '../../../agent/http.ts'
import { Certificate } from '../../../agent/tls.ts'
import { type Authority, authority, files } from '../certificates.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

let ca: Authority
let clients: Authority
let folder: string
let url: string
beforeAll(async () => {
  ca = await authority()
  clients = await authority('Clients')
})
beforeEach(async () => {
  folder = temporaryFolder()
  const put = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  put('token', `linda_00000000_${'x'.repeat(32)}\n`)
  put('ca.crt', ca.cert)
  const clientCaFile = put('clients.crt', clients.cert)
  files(folder, 'me', await clients.issue('ops-laptop'))
  files(folder, 'other', await clients.issue('other'))
  const app = new Hono().get('/who', (c) => c.text(clientOf(c)))
  const certificate = new Certificate(
    { ...files(folder, 'server', await ca.issue('server')), clientCaFile },
    'admin.tls',
  )
  const told = { loaded: () => {}, unreadable: () => {} }
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'test', undefined, {
    certificate,
    ...told,
  })
  onTestFinished(() => listener.close(0))
  url = listener.url
})
const ask = async (env: Record<string, string>): Promise<string> => {
  const named = Object.fromEntries(Object.entries(env).map(([name, file]) => [name, join(folder, file)]))
  const { io } = terminal({ LINDA_URL: url, LINDA_TOKEN_FILE: join(folder, 'token'), ...named })
  return (await askAgent('/who', io)).text()
}
const me = { LINDA_CERT_FILE: 'me.crt', LINDA_KEY_FILE: 'me.key' }

it('asks over TLS with its own certificate', async () => {
  expect(await ask({ LINDA_CA_FILE: 'ca.crt', ...me })).toBe('ops-laptop@127.0.0.1')
})

it.each<[string, Record<string, string>]>([
  ['without the authority', me],
  ['with another authority', { LINDA_CA_FILE: 'clients.crt', ...me }],
  ['without a certificate', { LINDA_CA_FILE: 'ca.crt' }],
])('%s: status 1', async (_, env) => {
  const error = await ask(env).catch((caught: AskError) => caught)
  expect(error).toBeInstanceOf(AskError)
  expect(error).toMatchObject({ status: 1, message: expect.stringContaining(`cannot ask ${url}`) })
})

describe('what is wrong is named: status 2', () => {
  it.each<[Record<string, string>, string]>([
    [{ LINDA_CA_FILE: 'gone.crt' }, 'LINDA_CA_FILE: cannot read'],
    [{ LINDA_CA_FILE: 'token' }, 'LINDA_CA_FILE: found'],
    [
      { LINDA_CERT_FILE: 'me.crt' },
      'LINDA_KEY_FILE: found nothing, allowed: a file, because LINDA_CERT_FILE names one',
    ],
    [{ LINDA_KEY_FILE: 'me.key' }, 'LINDA_CERT_FILE: found nothing'],
    [{ LINDA_CERT_FILE: 'me.crt', LINDA_KEY_FILE: 'other.key' }, 'found what cannot be used'],
  ])('%j', async (env, words) => {
    const error = await ask(env).catch((caught: AskError) => caught)
    expect(error).toMatchObject({ status: 2, message: expect.stringContaining(words) })
  })
})
