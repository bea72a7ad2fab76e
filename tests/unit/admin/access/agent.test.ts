// A whole agent behind TLS, as the configuration opens it: people of an identity provider, streams, and the trail of what they did.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { stringify } from 'yaml'
import { addToken, mintToken } from '../../../../agent/admin/tokens.ts'
import { type RunningAgent, startAgent } from '../../../../agent/agent.ts'
import { loadConfig } from '../../../../agent/config/load.ts'
import { ConfigError } from '../../../../agent/config/problems.ts'
import { buildContext } from '../../../../agent/context.ts'
import { until } from '../../../harness/until.ts'
import { authority, files } from '../../certificates.ts'
import { openFile, temporaryFolder } from '../../store/folder.ts'
import { refusal } from '../refusal.ts'
import { makeKey, openIssuer } from './issuer.ts'

const ca = await authority()
const key = await makeKey('k1')
const boss = await mintToken('boss', 'admin')

async function start(folder: string, admin: object): Promise<RunningAgent> {
  const file = join(folder, 'linda.yaml')
  writeFileSync(
    file,
    stringify({
      // Nobody answers there: the session dials and waits.
      whatsapp: { url: 'ws://127.0.0.1:1/', reconnect: { base: '10s', cap: '1m' } },
      store: { url: `sqlite:${join(folder, 'linda.db')}`, encryption: 'off' },
      metrics: { listen: '127.0.0.1:0' },
      admin: { listen: '127.0.0.1:0', tokens_file: join(folder, 'tokens.yaml'), ...admin },
      pools: [{ id: 'sales' }],
      accounts: [{ id: 'uae-1', phone: '+971505760056', pool: 'sales' }],
    }),
  )
  const config = loadConfig({ path: file, env: {}, cwd: folder })
  const context = await buildContext(config, { logTo: { write: () => {} } })
  return startAgent(context, (error) => {
    throw error
  })
}

it('over TLS: tokens and people, streams, rows for what leaves no other trace, and tampering is found after a restart', async () => {
  const folder = temporaryFolder()
  addToken(join(folder, 'tokens.yaml'), boss.entry)
  const issuer = await openIssuer([key])
  const { certFile, keyFile } = files(folder, 'admin', await ca.issue('agent'))
  const admin = {
    tls: { cert_file: certFile, key_file: keyFile },
    oidc: { issuer: issuer.url, audience: 'linda', roles: { sre: 'operator' } },
  }
  const dispatcher = new Agent({ connect: { ca: ca.cert } })
  onTestFinished(() => dispatcher.destroy())
  const first = await start(folder, admin)
  const ask = (path: string, token: string, method = 'GET'): Promise<Response> =>
    fetch(first.adminUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      dispatcher,
    } as unknown as RequestInit)
  const alice = await key.sign(issuer.claims())
  try {
    expect(first.adminUrl).toMatch(/^https:/)
    expect((await ask('/api/dashboard/connections', boss.token)).status).toBe(200)
    expect(await refusal(await ask('/api/store/backup', alice))).toBe('403 role')
    expect((await ask('/api/dashboard/quick-actions/+971505760056/link', alice, 'POST')).status).toBe(201)
    expect((await ask('/api/dashboard/quick-actions/uae-1/reset-qr', alice, 'POST')).status).toBe(202)
    expect((await ask('/api/dashboard/quick-actions/uae-1/pairing-code', alice, 'POST')).status).toBe(202)
    await (await ask('/api/store/backup', boss.token)).arrayBuffer()
    expect((await ask('/api/audit/verify', boss.token)).status).toBe(200)
    const ws = new WebSocket(
      `${first.adminUrl.replace('https', 'wss')}/ws/dashboard/status`,
      ['linda.v1', `bearer.${alice}`],
      { ca: ca.cert },
    )
    await once(ws, 'message')
    ws.terminate()
    const { entries } = (await (await ask('/api/audit', boss.token)).json()) as { entries: object[] }
    expect(entries.map((row) => ({ ...row, seq: 0, at: '', hash: '' })).reverse()).toEqual(
      [
        ['link.made', 'oidc:alice', 'uae-1', 'sales'],
        ['qr.reset', 'oidc:alice', 'uae-1', 'sales'],
        ['pairing-code.asked', 'oidc:alice', 'uae-1', 'sales'],
        ['backup.taken', 'boss', null, null],
        ['audit.verified', 'boss', null, null],
      ].map(([what, who, account, pool]) => ({
        ...{ seq: 0, at: '', hash: '', what, who, account, pool },
        ...{ origin: '127.0.0.1', outcome: 'done', data: {} },
      })),
    )
    expect(await (await fetch(`${first.metricsUrl}/metrics`)).text()).toMatch(
      /^linda_admin_certificate_expiry_timestamp_seconds 1\d{9}/m,
    )
  } finally {
    await first.stop('test')
  }
  const sql = openFile(join(folder, 'linda.db'))
  // A number that no driver hands out must not keep the agent from looking.
  await sql.query("UPDATE audit SET who = 'nobody', at = 9223372036854775807 WHERE what = 'backup.taken'")
  await sql.close()
  const second = await start(folder, {})
  try {
    const shown = await until('the gauge', async () => {
      const text = await (await fetch(`${second.metricsUrl}/metrics`)).text()
      return text.includes('linda_audit_chain_broken 1') && text
    })
    expect(shown).toContain('linda_events_total{type="audit.broken"} 1')
    expect(shown).toMatch(/^linda_audit_looked_timestamp_seconds 1\d{9}/m)
  } finally {
    await second.stop('test')
  }
})

it('a certificate that cannot be used ends the start with one line', async () => {
  const folder = temporaryFolder()
  const { certFile } = files(folder, 'admin', await ca.issue('agent'))
  const { keyFile } = files(folder, 'other', await ca.issue('other'))
  const starting = start(folder, { tls: { cert_file: certFile, key_file: keyFile } })
  await expect(starting).rejects.toThrow(ConfigError)
})
