// docker-compose.yml keeps to the specification, and every service in it is pinned, bounded, watched and without privileges.

import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolders, secretFolders } from '../../../scripts/stack/make.ts'
import { temporaryFolder } from '../store/folder.ts'
import { composeFile } from './schema.ts'
import { example, interpolate, raw, read, root, serviceOf, services, stack, withoutEnv } from './stack.ts'

const made = [
  ...secretFolders.map((name) => `./secrets/${name}`),
  ...dataFolders.map((name) => `./data/stack/${name}`),
]
/** The operator brings these, as the names in .env say. */
const brought = ['./linda.yaml', './pager.yaml']
const docker = spawnSync('docker', ['compose', 'version']).status === 0

describe.each(services)('%s', (name, service) => {
  it('is pinned to one version', () => {
    expect(service.image).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/)
    expect(service.image).not.toMatch(/latest/)
  })

  it('cannot write to its root, has no privileges and is not root', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    })
    expect(service.user).toBe(`${example.LINDA_UID}:${example.LINDA_GID}`)
    expect(service.user).not.toMatch(/^0|:0/)
    expect(service.tmpfs).toContain('/tmp')
  })

  it('has bounds for memory, processors, processes and logs', () => {
    expect(service.deploy.resources.limits.pids).toBeLessThanOrEqual(512)
    expect(service.logging.options).toHaveProperty('max-size')
  })

  it('is published to the loopback address only, each port under its own number', () => {
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
  })

  it('asks itself whether it is well, by a port that it listens on', () => {
    const asked = service.healthcheck.test.join(' ')
    if (name === 'postgres') expect(asked).toContain('pg_isready')
    else if (name === 'tempo') expect(asked).toBe('CMD /tempo -health')
    else expect(asked).toMatch(/http:\/\/127\.0\.0\.1:\d+\//)
  })

  it('uses networks that exist, and reaches nobody from the inner one by a port of this machine', () => {
    expect(service.networks.length).toBeGreaterThan(0)
    for (const network of service.networks) expect(stack.networks).toHaveProperty(network)
    if (service.networks.every((each) => stack.networks[each]?.internal)) expect(service.ports).toEqual([])
  })

  it('mounts what is in the checkout, what the operator brings, or what npm run secrets makes', () => {
    for (const { source, target, read_only } of service.volumes) {
      const exists = existsSync(join(root, source)) && !made.includes(source)
      expect(exists || brought.includes(source) || made.includes(source), source).toBe(true)
      // Only what is kept may be written to.
      expect(read_only === true, target).toBe(!source.startsWith('./data/'))
    }
  })

  it('sees no secrets but its own', () => {
    const secrets = service.volumes.map(({ source }) => source).filter((each) => each.startsWith('./secrets'))
    const own = name === 'simulator' ? 'demo' : name
    expect(secrets).toEqual(made.includes(`./secrets/${own}`) ? [`./secrets/${own}`] : [])
  })

  it('has no secret in its environment', () => {
    for (const [variable, value] of Object.entries(service.environment))
      if (/PASSWORD|TOKEN|KEY|SECRET/.test(variable) && !variable.endsWith('ROOT_KEY'))
        expect(value, variable).toMatch(/^\/secrets\//)
  })

  it('needs only services that exist', () => {
    for (const other of Object.keys(service.depends_on ?? {})) expect(stack.services).toHaveProperty(other)
    // One that is only there with a profile must not be required by one that is always there.
    for (const [other, { required }] of Object.entries(service.depends_on ?? {}))
      if (stack.services[other]?.profiles && !service.profiles) expect(required).toBe(false)
  })
})

it('what is mounted from the checkout is kept by git, and what is secret is not', () => {
  const ignored = (...paths: string[]) =>
    spawnSync('git', ['check-ignore', ...paths], { cwd: root, encoding: 'utf8' })
  const { status, stdout } = ignored('.env', ...brought, ...made)
  // Where there is no repository there is nothing to ask.
  if (status === 128) return
  expect(stdout.trim().split('\n')).toHaveLength(1 + brought.length + made.length)
  const shipped = [
    'grafana/provisioning/datasources/linda.yaml',
    'stack/demo/linda.yaml',
    'stack/demo/pager.yaml',
    'scripts/stack/make.ts',
  ]
  const sources = services.flatMap(([, { volumes }]) => volumes.map(({ source }) => source))
  const kept = [...shipped, ...sources.filter((each) => !made.includes(each) && !brought.includes(each))]
  expect(ignored(...kept).stdout).toBe('')
})

it('every folder that npm run secrets makes is used', () => {
  const used = services.flatMap(([, { volumes }]) => volumes.map(({ source }) => source))
  expect(made.filter((each) => !used.includes(each))).toEqual([])
})

it('is the same without an .env, but for nothing', () => {
  expect(withoutEnv).toEqual(stack)
})

it('every variable is explained in .env.example, and every one there is used', () => {
  const named = new Set([...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name))
  expect([...named].sort()).toEqual(Object.keys(example).sort())
})

it('a profile is one that somebody can ask for', () => {
  const profiles = services.flatMap(([name, service]) => (service.profiles ?? []).map((each) => [name, each]))
  expect(profiles).toEqual([
    ['postgres', 'postgres'],
    ['simulator', 'demo'],
  ])
})

it.each([
  ['an unknown key', (s: Record<string, unknown>) => ({ ...s, helthcheck: {} })],
  ['a number in the environment', (s: Record<string, unknown>) => ({ ...s, environment: { A: 1 } })],
  ['the network of another', (s: Record<string, unknown>) => ({ ...s, network_mode: 'service:pager' })],
  ['no limit', ({ deploy: _, ...s }: Record<string, unknown>) => s],
  ['no health check', ({ healthcheck: _, ...s }: Record<string, unknown>) => s],
  [
    'a mount that docker would make',
    (s: Record<string, unknown>) => ({
      ...s,
      volumes: [{ type: 'bind', source: './x', target: '/x' }],
    }),
  ],
])('the schema of this test finds %s', (_, spoil) => {
  const linda = spoil(raw.services.linda as unknown as Record<string, unknown>)
  expect(composeFile.safeParse({ name: 'x', services: { linda }, networks: {} }).success).toBe(false)
})

it('variables are put in as docker compose does', () => {
  const env = { A: '1', B: '' }
  const put = (inside: string) => interpolate(`\${${inside}}`, env)
  expect([put('A:-2'), put('B:-2'), put('C:-'), interpolate('$$x', env)]).toEqual(['1', '2', '', '$x'])
  expect(() => put('C')).toThrow(/^.\{C\} has no value$/)
})

it.each([
  ['none', null, 1],
  ['an empty one', '', 1],
  ['an empty line', '\n', 1],
  ['one', 'abc\n', 0],
])('Grafana starts only with a password in its file: %s', (_, text, status) => {
  const file = join(temporaryFolder(), 'admin.password')
  if (text !== null) writeFileSync(file, text)
  const { GF_SECURITY_ADMIN_PASSWORD__FILE = '' } = serviceOf('grafana').environment
  const [shell = '', ...args] = serviceOf('grafana').entrypoint ?? []
  const script = args.map((each) =>
    each.replaceAll(GF_SECURITY_ADMIN_PASSWORD__FILE, file).replace('/run.sh', 'echo started'),
  )
  const ran = spawnSync(shell, script, { encoding: 'utf8' })
  expect([ran.status, ran.stdout]).toEqual([status, status === 0 ? 'started\n' : ''])
  if (status !== 0) expect(ran.stderr).toContain('holds no password')
})

it.skipIf(!docker)('is what docker compose takes for one', () => {
  const file = join(root, 'docker-compose.yml')
  const { status, stderr } = spawnSync('docker', ['compose', '-f', file, '--profile', '*', 'config', '-q'])
  expect(status, String(stderr)).toBe(0)
})
