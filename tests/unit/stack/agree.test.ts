// One stack, many files: every host, port, path, name and variable that two of them speak of is the same in both.

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../../agent/config/load.ts'
import { loadPagerConfig } from '../../../alertmanager/pager/config/load.ts'
import { environment } from '../../../scripts/stack/environment.ts'
import { awaited, secrets, shared } from '../../../scripts/stack/make.ts'
import { example, hostPath, read, root, serviceOf, services, stack } from './stack.ts'

const linda = serviceOf('linda')
const pager = serviceOf('pager')
const config = loadConfig({ path: 'linda.example.yaml', env: linda.environment, cwd: root })
const paging = loadPagerConfig({ path: 'pager.example.yaml', env: pager.environment, cwd: root })
const alertmanager = parse(read('alertmanager/alertmanager.yml'))

/** What npm run secrets makes or asks for. */
const secretFiles = ['secrets/linda/tokens.yaml', ...secrets, ...Object.keys(awaited)]

/** Ports on which a service listens, by what its own configuration says. */
const listening: Readonly<Record<string, readonly number[]>> = {
  linda: [config.admin.listen.port, config.metrics.listen.port],
  pager: [paging.api.listen.port, paging.callbacks.listen.port, paging.metrics.listen.port],
  prometheus: [9090],
  alertmanager: [9093],
  grafana: [3000],
  influxdb: [8086],
  tempo: [
    parse(read('stack/tempo.yaml')).server.http_listen_port,
    Number(parse(read('stack/tempo.yaml')).distributor.receivers.otlp.protocols.http.endpoint.split(':')[1]),
  ],
  postgres: [5432],
  simulator: [7420, 7421],
}

/** Files that name other services, as they are in the stack. */
const speaking = [
  'docker-compose.yml',
  'prometheus/prometheus.yml',
  'alertmanager/alertmanager.yml',
  'stack/targets/agents.yml',
  'stack/targets/pager.yml',
  'stack/targets/alertmanager.yml',
  'stack/demo/linda.yaml',
  'stack/demo/pager.yaml',
  '.env.example',
  ...['datasources', 'dashboards'].map((each) => `grafana/provisioning/${each}/linda.yaml`),
]

it.each(speaking)('%s asks services by a port on which they listen', (file) => {
  const names = services.map(([name]) => name).join('|')
  const asked = [...read(file).matchAll(new RegExp(`(?:^|[/@"\\s])(${names}):(\\d{4,5})\\b`, 'gm'))]
  for (const [, host = '', port] of asked) expect(listening[host], `${host}:${port}`).toContain(Number(port))
  if (file.startsWith('stack/targets') || file.includes('datasources'))
    expect(asked.length).toBeGreaterThan(0)
})

it('publishes ports on which the service listens', () => {
  for (const [name, { ports }] of services)
    for (const port of ports) expect(listening[name], port).toContain(Number(port.split(':').at(-1)))
})

it('who asks another is in a network with it', () => {
  const networks = (name: string) => stack.services[name]?.networks ?? []
  const asks = [
    ['prometheus', 'linda'],
    ['prometheus', 'pager'],
    ['prometheus', 'alertmanager'],
    ['alertmanager', 'pager'],
    ['linda', 'influxdb'],
    ['linda', 'tempo'],
    ['linda', 'postgres'],
    ['linda', 'grafana'],
    ['linda', 'pager'],
    ['linda', 'alertmanager'],
    ['linda', 'simulator'],
    ['simulator', 'linda'],
    ...['prometheus', 'alertmanager', 'tempo', 'influxdb', 'linda'].map((each) => ['grafana', each]),
  ] as const
  for (const [from = '', to = ''] of asks)
    expect(
      networks(from).some((each) => networks(to).includes(each)),
      `${from} to ${to}`,
    ).toBe(true)
})

describe('the agent', () => {
  it('is reachable for the others and keeps its state where it is mounted', () => {
    expect(config.admin.listen).toEqual({ host: '0.0.0.0', port: 8420 })
    expect(config.metrics.listen).toEqual({ host: '0.0.0.0', port: 9464 })
    expect(hostPath(linda, config.store.url.replace('sqlite:', ''))).toBe('data/stack/linda/linda.db')
  })

  it('finds its secrets where npm run secrets puts them', () => {
    const files = [
      config.store.masterKeyFile,
      config.admin.tokensFile,
      config.history.influx?.passwordFile ?? '',
      // Of the commands that are run in its container.
      linda.environment.LINDA_TOKEN_FILE ?? '',
      linda.environment.PGPASSFILE ?? '',
    ]
    for (const file of files) expect(secretFiles).toContain(hostPath(linda, file))
  })

  it('reads the notifications of the pager with the token that they share', () => {
    expect(config.pager.url).toBe('http://pager:8421')
    expect(hostPath(linda, config.pager.tokenFile ?? '')).toBe('secrets/linda/pager.token')
  })

  it('believes the Grafana that people use, by keys that it fetches inside', () => {
    const { grafana } = config.admin
    expect(grafana).toMatchObject({
      url: serviceOf('grafana').environment.GF_SERVER_ROOT_URL,
      issuer: serviceOf('grafana').environment.GF_SERVER_ROOT_URL,
      jwksUrl: 'http://grafana:3000/api/signing-keys/keys',
    })
  })

  it('writes its history as the administrator whom InfluxDB makes, and its traces where Tempo listens', () => {
    const { environment } = serviceOf('influxdb')
    expect(config.history.influx).toMatchObject({
      url: 'http://influxdb:8086',
      username: environment.INFLUXDB_ADMIN_USER,
      database: environment.INFLUXDB_DB,
      manageSchema: true,
    })
    expect(config.telemetry.otlpEndpoint).toBe('http://tempo:4318')
  })

  it('can be given PostgreSQL by the line in .env.example, with the password from its file', () => {
    const [, url = ''] = /^# LINDA_STORE_URL=(.*)$/m.exec(read('.env.example')) ?? []
    const env = { ...linda.environment, LINDA_STORE__URL: url }
    const { username, hostname, port, pathname, password } = new URL(
      loadConfig({ path: 'linda.example.yaml', env, cwd: root }).store.url,
    )
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD_FILE = '' } = serviceOf('postgres').environment
    expect([username, hostname, port, pathname, password]).toEqual([
      POSTGRES_USER,
      'postgres',
      '5432',
      `/${POSTGRES_DB}`,
      '',
    ])
    expect(secretFiles).toContain(hostPath(serviceOf('postgres'), POSTGRES_PASSWORD_FILE))
  })
})

it('the demo points the agent at the simulator, which is not on its loopback address', () => {
  const env = environment(read('.env.example'), { uid: 1, gid: 1, demo: 'ab' })
  const [, host = '', port] = /^LINDA_WHATSAPP_URL=ws:\/\/(.*):(\d+)\/ws\/chat$/m.exec(env) ?? []
  expect(listening[host], host).toContain(Number(port))
  const { LINDA_URL = '' } = serviceOf('simulator').environment
  expect(listening[new URL(LINDA_URL).hostname]).toContain(Number(new URL(LINDA_URL).port))
})

it('the agent is given longer to stop than it takes, and the operator can give it more', () => {
  const grace = (raw: string) => Number(/^(\d+)s$/.exec(raw)?.[1]) * 1_000
  expect(grace(linda.stop_grace_period ?? '')).toBeGreaterThan(config.node.stopWithinMs)
  expect(linda.stop_grace_period).toBe(example.LINDA_STOP_GRACE)
})

describe('the pager', () => {
  it('listens for the others and finds its token', () => {
    expect(
      [paging.api.listen, paging.callbacks.listen, paging.metrics.listen].map(({ host }) => host),
    ).toEqual(Array(3).fill('0.0.0.0'))
    expect(secretFiles).toContain(hostPath(pager, paging.api.tokenFile))
    expect(hostPath(pager, paging.store.url.replace('sqlite:', ''))).toBe('data/stack/pager/pager.db')
  })

  it('is asked by Alertmanager with the same token, for receivers that pager.yaml and the demo have', () => {
    const files = [...JSON.stringify(alertmanager).matchAll(/"(\w+_file)":"([^"]+)"/g)]
    const service = serviceOf('alertmanager')
    for (const [, , file = ''] of files) expect(secretFiles).toContain(hostPath(service, file))
    expect(
      shared.some((group) =>
        ['pager/pager.token', 'alertmanager/pager.token'].every((each) => group.includes(each)),
      ),
    ).toBe(true)
    expect(files.map(([, , file]) => file)).toContain('/etc/alertmanager/secrets/pager.token')
  })
})

describe.each([
  ['linda.example.yaml', 'pager.example.yaml'],
  ['stack/demo/linda.yaml', 'stack/demo/pager.yaml'],
])('%s and %s', (agentFile, pagerFile) => {
  it('are good configurations in the containers', () => {
    const env = { ...linda.environment, LINDA_WHATSAPP__ROOT_KEY: '' }
    expect(loadConfig({ path: agentFile, env, cwd: root }).accounts.length).toBeGreaterThan(0)
    const demo = loadPagerConfig({ path: pagerFile, env: pager.environment, cwd: root })
    expect(hostPath(pager, demo.api.tokenFile)).toBe('secrets/pager/pager.token')
  })
})

it('.env.example says what the containers are told', () => {
  expect(serviceOf('grafana').environment.GF_SERVER_ROOT_URL).toBe(example.GRAFANA_ROOT_URL)
  expect(example.GRAFANA_ROOT_URL).toMatch(/\/$/)
})
