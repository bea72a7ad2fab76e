// Grafana finds its data sources and dashboards by names that the dashboards, the actions and each other use, and shows no secret.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { actionsUid, allowedActions } from '../../../grafana/src/actions.ts'
import { shared } from '../../../scripts/stack/make.ts'
import { hostPath, read, root, serviceOf } from './stack.ts'

interface Source {
  name: string
  uid: string
  type: string
  url: string
  isDefault?: boolean
  editable: boolean
  user?: string
  jsonData: Record<string, unknown>
  secureJsonData?: Record<string, string>
}

const { datasources } = parse(read('grafana/provisioning/datasources/linda.yaml')) as {
  datasources: Source[]
}
const [provider] = parse(read('grafana/provisioning/dashboards/linda.yaml')).providers
const grafana = serviceOf('grafana')
const of = (uid: string): Source => {
  const found = datasources.find((each) => each.uid === uid)
  if (!found) throw new Error(`there is no data source ${uid}`)
  return found
}

it('has the data sources that are spoken of, each once, and one default', () => {
  expect(datasources.map(({ uid, type }) => `${uid} ${type}`)).toEqual([
    'linda-prometheus prometheus',
    'linda-alertmanager alertmanager',
    'linda-tempo tempo',
    'linda-influx influxdb',
    'linda-actions graphite',
  ])
  expect(datasources.filter(({ isDefault }) => isDefault).map(({ uid }) => uid)).toEqual(['linda-prometheus'])
  for (const { editable } of datasources) expect(editable).toBe(false)
})

it('every uid that one names of another exists', () => {
  const named = [
    ...read('grafana/provisioning/datasources/linda.yaml').matchAll(
      /(?:datasourceUid|alertmanagerUid): (\S+?)[\s}]/g,
    ),
  ]
  expect(named.length).toBeGreaterThanOrEqual(4)
  for (const [, uid = ''] of named) expect(of(uid)).toBeDefined()
})

it('every uid that a dashboard names exists, or is a variable or of Grafana itself', () => {
  const folder = join(root, 'grafana/dashboards')
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  for (const file of files) {
    const text = read(`grafana/dashboards/${file}`)
    for (const [, uid = ''] of text.matchAll(/"datasource":\s*\{[^{}]*"uid":\s*"([^"]+)"/g))
      if (!/^\$|^-- |^grafana$/.test(uid)) expect(of(uid), `${file}: ${uid}`).toBeDefined()
  }
})

it('exemplars lead to traces by the label that the agent writes', () => {
  expect(of('linda-prometheus').jsonData.exemplarTraceIdDestinations).toEqual([
    { name: 'trace_id', datasourceUid: 'linda-tempo', urlDisplayLabel: 'Trace' },
  ])
})

it('the Alertmanager is said to be that of Prometheus', () => {
  expect(of('linda-alertmanager').jsonData.implementation).toBe('prometheus')
})

it('InfluxDB is read with InfluxQL as the user who may only read', () => {
  const { environment } = serviceOf('influxdb')
  expect(of('linda-influx')).toMatchObject({
    user: environment.INFLUXDB_READ_USER,
    jsonData: { version: 'InfluxQL', dbName: environment.INFLUXDB_DB },
  })
})

describe('secrets', () => {
  const secrets = datasources.flatMap(({ secureJsonData }) => Object.values(secureJsonData ?? {}))

  it('are read from files that are mounted and made', () => {
    expect(secrets).toHaveLength(2)
    const made = [...shared.flat(), 'grafana/linda.token'].map((file) => `secrets/${file}`)
    for (const secret of secrets) {
      const [, file = ''] = /\$__file\{(.+)\}$/.exec(secret) ?? []
      expect(made).toContain(hostPath(grafana, file))
    }
    expect(made).toContain(hostPath(grafana, grafana.environment.GF_SECURITY_ADMIN_PASSWORD__FILE ?? ''))
  })

  it('what Grafana must not expand is written with two dollar signs', () => {
    const text = read('grafana/provisioning/datasources/linda.yaml')
      .replaceAll('$$', '')
      .replaceAll('$__file{', '')
    expect(text.replace(/^\s*#.*$/gm, '')).not.toContain('$')
  })
})

describe('actions', () => {
  it('go through the data source that Grafana allows, as a bearer of the token', () => {
    expect(grafana.environment.GF_SECURITY_ACTIONS_ALLOW_POST_URL).toBe(allowedActions)
    const source = of(actionsUid)
    // The types that Grafana guards (Prometheus, Elasticsearch) would refuse to pass a POST on.
    expect(source).toMatchObject({ type: 'graphite', url: 'http://linda:8420/api' })
    expect(source.jsonData.httpHeaderName1).toBe('Authorization')
    expect(source.secureJsonData?.httpHeaderValue1).toMatch(/^Bearer \$__file\{/)
  })
})

it('dashboards are read from where they are mounted, into one folder, and not changed there', () => {
  expect(provider).toMatchObject({
    folder: 'Linda',
    folderUid: 'linda',
    allowUiUpdates: false,
    disableDeletion: true,
  })
  expect(hostPath(grafana, provider.options.path)).toBe('grafana/dashboards')
  const home = hostPath(grafana, grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '')
  expect(existsSync(join(root, home)), home).toBe(true)
})
