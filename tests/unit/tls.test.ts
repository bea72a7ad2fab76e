// The admin listener over TLS: nobody without the right certificate, none but the newest shown, and a wrong file never in use.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { Hono } from 'hono'
import { Agent } from 'undici'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { clientOf } from '../../agent/admin/access/client.ts'
import { type Upgrading, upgradesTo } from '../../agent/admin/live/upgrade.ts'
import { ConfigError } from '../../agent/config/problems.ts'
import { type Listener, listen } from '../../agent/http.ts'
import { Certificate, type TlsFiles } from '../../agent/tls.ts'
import { until } from '../harness/until.ts'
import { type Authority, authority, files, type Made } from './certificates.ts'
import { temporaryFolder } from './store/folder.ts'

let ca: Authority
let server: Made
let folder: string
let own: TlsFiles
beforeAll(async () => {
  ca = await authority()
  server = await ca.issue('server')
})
beforeEach(() => {
  folder = temporaryFolder()
  own = { ...files(folder, 'admin', server), clientCaFile: null }
})

interface Served extends Listener {
  loaded: number[]
  unreadable: string[]
}

async function served(tls: TlsFiles): Promise<Served> {
  const app = new Hono()
  app.get('/who', (c) => c.text(clientOf(c)))
  app.get('/ws/dashboard/status', (c) => {
    const { upgrading } = c.env as { upgrading?: Upgrading }
    if (upgrading) upgrading.accepted = (ws) => ws.send('hello')
    return c.body(null, 204)
  })
  const loaded: number[] = []
  const unreadable: string[] = []
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'admin.listen', upgradesTo(app), {
    certificate: new Certificate(tls, 'admin.tls'),
    loaded: (at) => void loaded.push(at),
    unreadable: (detail) => void unreadable.push(detail),
    lookMs: 20,
  })
  onTestFinished(() => listener.close(0))
  return { ...listener, loaded, unreadable }
}

async function ask(url: string, with_: { ca?: string; cert?: string; key?: string }): Promise<string> {
  const dispatcher = new Agent({ connect: with_ })
  onTestFinished(() => dispatcher.destroy())
  const response = await fetch(`${url}/who`, { dispatcher } as unknown as RequestInit)
  return response.text()
}

/** The certificate that a new connection is shown. */
async function shown(url: string): Promise<PeerCertificate> {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca: ca.cert })
  await once(socket, 'secureConnect')
  const certificate = socket.getPeerCertificate()
  socket.destroy()
  return certificate
}

describe('over TLS', () => {
  it('who trusts the authority is answered, and who does not learns so at once', async () => {
    const { url } = await served(own)
    expect(url).toMatch(/^https:/)
    expect(await ask(url, { ca: ca.cert })).toBe('127.0.0.1')
    await expect(ask(url, {})).rejects.toThrow()
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow()
  })

  it.each(['TLSv1', 'TLSv1.1'] as const)('%s is not spoken', async (version) => {
    const { url } = await served(own)
    const port = Number(new URL(url).port)
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: ca.cert,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    await expect(once(socket, 'secureConnect')).rejects.toThrow()
    // Not left to what this Node was built or started with.
    expect(new Certificate(own, 'admin.tls').options.minVersion).toBe('TLSv1.2')
  })

  it('a WebSocket opens', async () => {
    const { url } = await served(own)
    const ws = new WebSocket(`${url.replace('https', 'wss')}/ws/dashboard/status`, ['linda.v1', 'bearer.x'], {
      ca: ca.cert,
    })
    const [message] = await once(ws, 'message')
    expect(String(message)).toBe('hello')
    ws.terminate()
  })
})

describe('with certificates of clients', () => {
  let asking: TlsFiles
  let clients: Authority
  beforeEach(async () => {
    clients = await authority('Clients')
    const clientCaFile = join(folder, 'clients.crt')
    writeFileSync(clientCaFile, clients.cert)
    asking = { ...own, clientCaFile }
  })

  it('one is let in under its name', async () => {
    const { url } = await served(asking)
    expect(await ask(url, { ca: ca.cert, ...(await clients.issue('ops-laptop')) })).toBe(
      'ops-laptop@127.0.0.1',
    )
  })

  it('a name that could not be told from an address or a line is made harmless', async () => {
    const { url } = await served(asking)
    expect(await ask(url, { ca: ca.cert, ...(await clients.issue('an évil')) })).toBe('an??vil@127.0.0.1')
  })

  it.each<[string, () => Promise<Partial<Made>>]>([
    ['none', async () => ({})],
    ['one of another authority', () => ca.issue('ops-laptop')],
    ['one that has ended', () => clients.issue('ops-laptop', -0.0001)],
  ])('%s is refused', async (_, make) => {
    const { url } = await served(asking)
    await expect(ask(url, { ca: ca.cert, ...(await make()) })).rejects.toThrow()
  })
})

describe('rotation', () => {
  it('new connections are shown the new certificate, without a restart', async () => {
    const { url, loaded } = await served(own)
    const before = await shown(url)
    const next = await ca.issue('server', 5)
    files(folder, 'admin', next)
    await until('the new one', async () => (await shown(url)).serialNumber !== before.serialNumber)
    expect(loaded).toHaveLength(1)
    expect(loaded[0]).toBeGreaterThan(Date.now() + 4 * 86_400_000)
    expect(await ask(url, { ca: ca.cert })).toBe('127.0.0.1')
  })

  it('files that do not belong together are not used, and said once, until they do', async () => {
    const { url, loaded, unreadable } = await served(own)
    const before = await shown(url)
    const next = await ca.issue('server', 5)
    // The certificate first, as a rotation does it; the key has not come yet.
    writeFileSync(own.certFile, next.cert)
    await until('it was said', () => unreadable.length > 0)
    expect((await shown(url)).serialNumber).toBe(before.serialNumber)
    writeFileSync(own.keyFile, next.key)
    await until('the new one', () => loaded.length > 0)
    expect(unreadable).toEqual([expect.stringContaining('admin.tls.key_file')])
    expect((await shown(url)).serialNumber).not.toBe(before.serialNumber)
  })

  it('another authority for clients counts from the next connection on', async () => {
    const [old, young] = [await authority('Old'), await authority('Young')]
    const clientCaFile = join(folder, 'clients.crt')
    writeFileSync(clientCaFile, old.cert)
    const { url, loaded } = await served({ ...own, clientCaFile })
    const [a, b] = [await old.issue('a'), await young.issue('b')]
    expect(await ask(url, { ca: ca.cert, ...a })).toBe('a@127.0.0.1')
    writeFileSync(clientCaFile, young.cert)
    await until('it was read', () => loaded.length > 0)
    expect(await ask(url, { ca: ca.cert, ...b })).toBe('b@127.0.0.1')
    await expect(ask(url, { ca: ca.cert, ...a })).rejects.toThrow()
  })
})

describe('a wrong file is a mistake in the configuration', () => {
  it.each<[string, (folder: string) => Partial<TlsFiles> | Promise<Partial<TlsFiles>>, RegExp]>([
    [
      'that is not there',
      () => ({ certFile: '/nowhere/a.crt' }),
      /admin\.tls\.cert_file: found an unreadable file \(ENOENT\)/,
    ],
    [
      'that is no certificate',
      () => ({ certFile: import.meta.filename }),
      /admin\.tls\.cert_file: found what cannot be used/,
    ],
    [
      'that is no key',
      () => ({ keyFile: import.meta.filename }),
      /admin\.tls\.key_file: found what cannot be used/,
    ],
    [
      'that is the key of another one',
      async (at) => ({ keyFile: files(at, 'other', await ca.issue('other')).keyFile }),
      /admin\.tls\.key_file: .*allowed: the private key of the certificate/,
    ],
    [
      'that is no authority',
      () => ({ clientCaFile: import.meta.filename }),
      /admin\.tls\.client_ca_file: found what/,
    ],
  ])('%s', async (_, change, words) => {
    const wrong = { ...own, ...(await change(folder)) }
    expect(() => new Certificate(wrong, 'admin.tls')).toThrow(ConfigError)
    expect(() => new Certificate(wrong, 'admin.tls')).toThrow(words)
  })
})
