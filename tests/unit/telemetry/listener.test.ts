// The metrics listener answers the four paths it has and says nothing secret.

import { expect, it } from 'vitest'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { metricsApp } from '../../../agent/telemetry/listener.ts'

function app(missing: string[] = []) {
  const { registry } = new Instruments('openmetrics')
  return metricsApp(registry, { missing: async () => missing }, { node: 'node-1', region: 'uae' })
}

it('/metrics is OpenMetrics, whatever the asker accepts', async () => {
  for (const accept of ['*/*', 'text/plain', 'application/openmetrics-text;version=1.0.0']) {
    const response = await app().request('/metrics', { headers: { accept } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    )
    expect((await response.text()).endsWith('# EOF\n')).toBe(true)
  }
})

it('/readyz says what is missing', async () => {
  const ready = await app().request('/readyz')
  expect([ready.status, await ready.text()]).toEqual([200, 'ready\n'])
  const not = await app(['the store does not answer', 'a listener']).request('/readyz')
  expect([not.status, await not.text()]).toEqual([503, 'not ready: the store does not answer, a listener\n'])
})

it('/healthz is well even while something is missing', async () => {
  const response = await app(['the store does not answer']).request('/healthz')
  expect([response.status, await response.text()]).toEqual([200, 'ok\n'])
})

it('/sd names the address that was asked, in the form that Prometheus reads', async () => {
  const response = await app().request('/sd', { headers: { host: 'agent-7.internal:9464' } })
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(await response.json()).toEqual([
    { targets: ['agent-7.internal:9464'], labels: { node: 'node-1', region: 'uae' } },
  ])
})

it.each(['/', '/api/dashboard/connections', '/metrics/', '/../etc/passwd'])(
  '%s is not there',
  async (path) => {
    const response = await app().request(path)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('/metrics, /healthz, /readyz')
  },
)
