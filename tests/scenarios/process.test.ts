// The agent as a process: it says clearly why it does not start, stays up where it should, stops in time, and remembers who is linked.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AgentProcess, runLinda, writeConfig } from '../harness/agent-process.ts'
import { until } from '../harness/until.ts'
import { spawnSimulator } from '../simulator/index.ts'

const account = { id: 'uae-1', phone: '+971505760056' }
const key = { LINDA_MASTER_KEY: 'ab'.repeat(32) }
const nowhere = { whatsapp: { url: 'ws://127.0.0.1:9/ws/chat' } }

describe('linda run', () => {
  let directory: string
  const running: AgentProcess[] = []
  const start = (env: Record<string, string> = key): AgentProcess => {
    const agent = runLinda(['run'], directory, env)
    running.push(agent)
    return agent
  }
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'linda-process-'))
  })
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGKILL')
      await ended
    }
    rmSync(directory, { recursive: true, force: true })
  })
  const refused = async (agent: AgentProcess, ...words: string[]): Promise<void> => {
    expect(await agent.ended, agent.printed()).toBe(2)
    for (const word of words) expect(agent.printed()).toContain(word)
    expect(agent.printed()).not.toContain('    at ')
  }

  it('refuses a broken configuration and names every mistake', async () => {
    writeFileSync(join(directory, 'linda.yaml'), 'accounts: [{ id: A, phone: "12" }]\nnope: 1\n')
    await refused(start(), 'accounts[0].id', 'accounts[0].phone', 'nope')
  })

  it('refuses a port in use and says which key to change', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await until('the port is taken', () => other.listening)
    const { port } = other.address() as AddressInfo
    await writeConfig(directory, { ...nowhere, metrics: { listen: `127.0.0.1:${port}` } }, [account])
    await refused(start(), 'metrics.listen', String(port), 'in use')
    other.close()
  })

  it('refuses to start without a master key and says how to make one', async () => {
    await writeConfig(directory, nowhere, [account])
    await refused(start({}), 'master_key_file', 'linda keys create')
  })

  it('refuses a second agent on the same store', async () => {
    await writeConfig(directory, nowhere, [account])
    await start().listening()
    await refused(start(), 'linda.db', 'in use by another process')
  })

  it('refuses another master key than the one that wrote the store', async () => {
    const simulator = await spawnSimulator()
    try {
      const whatsapp = { url: simulator.url, root_key: simulator.rootKey }
      const token = await writeConfig(directory, { whatsapp }, [account])
      const agent = start()
      const { adminUrl } = await agent.listening()
      await link(adminUrl, token, simulator)
      agent.child.kill('SIGTERM')
      expect(await agent.ended).toBe(0)
      await refused(start({ LINDA_MASTER_KEY: 'cd'.repeat(32) }), 'does not open')
    } finally {
      await simulator.close()
    }
  }, 60_000)

  it('stays up and ready when the server is not WhatsApp', async () => {
    const web = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    await until('the web server listens', () => web.listening)
    const { port } = web.address() as AddressInfo
    await writeConfig(directory, { whatsapp: { url: `ws://127.0.0.1:${port}/ws/chat` } }, [account])
    const agent = start()
    const { metricsUrl } = await agent.listening()
    await until('it says what it met', () => agent.printed().includes('http-error'))
    expect((await fetch(`${metricsUrl}/readyz`)).status).toBe(200)
    expect(agent.child.exitCode).toBeNull()
    web.closeAllConnections()
    web.close()
  }, 30_000)

  it('pairs once, prints no key and no phone number, and after a restart is open without pairing again', async () => {
    const simulator = await spawnSimulator()
    try {
      const whatsapp = { url: simulator.url, root_key: simulator.rootKey, certificate: 'strict' }
      const token = await writeConfig(directory, { whatsapp, telemetry: { log_level: 'trace' } }, [account])
      const first = start()
      const { adminUrl } = await first.listening()
      await link(adminUrl, token, simulator)
      // Traffic makes the Signal library close sessions, which it prints with their private keys.
      await simulator.client.send({ from: '+447946000001', to: account.phone, text: 'hello' })
      await until('it arrived', () => first.printed().includes('message.received'), 15_000)
      const body = JSON.stringify({ account: account.id, to: '+447946000001', text: 'hello yourself' })
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      expect(
        (await fetch(`${adminUrl}/api/messages?wait=10s`, { method: 'POST', headers, body })).status,
      ).toBe(200)
      await until('the library printed', () => first.printed().includes('library.printed'))
      first.child.kill('SIGTERM')
      expect(await first.ended).toBe(0)
      const printed = first.printed()
      const secrets = [
        /privKey|rootKey|ephemeralKeyPair|chainKey|<Buffer/,
        /9715057600|447946000001/,
        /hello/,
        token,
      ]
      expect(secrets.filter((secret) => printed.search(secret) >= 0)).toEqual([])
      expect(printed.includes('"route":"/api/messages"')).toBe(true)
      for (const line of printed.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
      // Moved by a backup into another store, under a new master key, it is the same account.
      const backup = join(directory, 'backup.gz')
      for (const args of [
        ['backup', backup],
        ['keys', 'rotate', './secrets/new.key'],
      ]) {
        const command = runLinda(args, directory, key)
        expect(await command.ended, command.printed()).toBe(0)
      }
      await refused(start(), 'does not open')
      rmSync(join(directory, 'data'), { recursive: true })
      const restored = runLinda(['restore', backup], directory, key)
      expect(await restored.ended, restored.printed()).toBe(0)
      const second = start()
      await second.listening()
      await until(
        () => `open again: ${second.printed()}`,
        () => second.printed().includes('"to":"open"'),
        20_000,
      )
      expect(second.printed().includes('pairing.started')).toBe(false)
      // One start before the backup and one after the restore, which puts a million between them.
      expect(second.printed().includes('"epoch":1000002')).toBe(true)
    } finally {
      await simulator.close()
    }
  }, 90_000)
})

async function link(
  adminUrl: string,
  token: string,
  simulator: Awaited<ReturnType<typeof spawnSimulator>>,
): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${adminUrl}/api/dashboard/connections/${account.id}/qr`, { headers })
  const { code } = (await answer.json()) as { code: string }
  expect(await simulator.client.scan(account.phone, code)).toBe('linked')
  await until(
    'the account is connected',
    async () => {
      const listed = await fetch(`${adminUrl}/api/dashboard/connections/${account.id}`, { headers })
      return ((await listed.json()) as { accountHealth: { up: boolean } }).accountHealth.up
    },
    20_000,
  )
}
