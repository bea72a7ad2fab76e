// A whole agent reports on itself: what its sessions lived through is in the document and in the mail.

import { expect, it, onTestFinished } from 'vitest'
import type { ReportData } from '../../agent/analytics/reports/data.ts'
import { openScene } from '../harness/scene.ts'
import { startSmtp } from '../harness/smtp.ts'
import { until } from '../harness/until.ts'

const mail = (port: number, more: object = {}) => ({
  to: ['sre@example.com'],
  from: 'linda@example.com',
  smtp: { host: '127.0.0.1', port, secure: 'none', ...more },
})

it('sessions that opened served all of their time, on the page and in the mail', async () => {
  const box = await startSmtp()
  const scene = await openScene({ paired: 2, config: { reports: mail(box.port) } })
  onTestFinished(() => scene.close())
  await scene.allUp()
  const report = await until('both are in the history', async () => {
    const answer = (await (await scene.ask('/api/reports/daily')).json()) as ReportData
    return answer.fleet.reliability === 1 && answer.fleet.known === 2 && answer
  })
  expect(report).toMatchObject({
    before: null,
    accounts: [
      { account: 'p1', known: true, recovery: { reliability: 1, outages: 0 }, messages: { acknowledged: 0 } },
      { account: 'p2', known: true },
    ],
  })
  expect(JSON.stringify(report)).not.toContain(scene.phones.get('p1'))
  const asked = await scene.ask('/api/reports/daily/send', { method: 'POST' })
  expect(asked.status).toBe(202)
  await scene.events.first('report.sent')
  expect(box.mails).toMatchObject([{ to: ['sre@example.com'] }])
  const metrics = await (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
  expect(metrics).toContain('linda_reports_total{type="daily",outcome="sent"} 1')
  const audit = await (await scene.ask('/api/audit?what=report.send')).json()
  expect(audit).toMatchObject({ entries: [{ what: 'report.send', data: { type: 'daily' } }] })
})

it('a password file of the mail server that is not there ends the start', async () => {
  const login = { secure: 'starttls', username: 'linda', password_file: '/nowhere/pw' }
  await expect(openScene({ paired: 1, config: { reports: mail(1, login) } })).rejects.toThrow(
    /^\/nowhere\/pw: reports\.smtp\.password_file: found an unreadable file \(ENOENT\)/,
  )
})
