// Prometheus and Alertmanager find beside their configuration what it names, and their own tools find it good.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../../agent/config/load.ts'
import { temporaryFolder } from '../store/folder.ts'
import { example, hostPath, read, root, serviceOf } from './stack.ts'

const config = loadConfig({ path: 'linda.example.yaml', env: serviceOf('linda').environment, cwd: root })
const prometheus = parse(read('prometheus/prometheus.yml'))
const installed = (tool: string) => spawnSync(tool, ['--version']).status === 0

/** The folder /etc/SERVICE as it is in the container, without secrets. */
function mounted(service: string): string {
  const folder = temporaryFolder()
  for (const { source, target } of serviceOf(service).volumes) {
    if (!target.startsWith(`/etc/${service}/`) || source.startsWith('./secrets')) continue
    const to = join(folder, target)
    mkdirSync(dirname(to), { recursive: true })
    cpSync(join(root, source), to, { recursive: true })
  }
  return join(folder, 'etc', service)
}

describe('prometheus.yml', () => {
  it('scrapes the agent by its name in the compose network, within a limit', () => {
    const [job] = prometheus.scrape_configs
    const [agents] = parse(read(`stack/${job.file_sd_configs[0].files[0]}`))
    expect(agents.targets).toEqual([`linda:${config.metrics.listen.port}`])
    expect(job.sample_limit).toBeGreaterThanOrEqual(30 * config.node.capacity)
  })

  it('names rules and targets by paths that are mounted beside it, and every target file has a target', () => {
    const files = [...JSON.stringify(prometheus).matchAll(/"(targets\/[^"]+)"/g)].map(([, file]) => file)
    expect(new Set(files)).toEqual(
      new Set(['targets/agents.yml', 'targets/pager.yml', 'targets/alertmanager.yml']),
    )
    const service = serviceOf('prometheus')
    for (const file of files) expect(hostPath(service, `/etc/prometheus/${file}`)).toBe(`stack/${file}`)
    expect(prometheus.rule_files).toEqual(['rules/*.yml'])
    expect(hostPath(service, '/etc/prometheus/rules')).toBe('prometheus/rules')
  })

  it('keeps exemplars and more than thirty days', () => {
    const { command = [] } = serviceOf('prometheus')
    expect(command).toContain('--enable-feature=exemplar-storage')
    expect(command).toContain('--storage.tsdb.retention.time=35d')
  })

  it.skipIf(!installed('promtool'))('is good in the eyes of promtool, as it is mounted', () => {
    const { status, stdout, stderr } = spawnSync('promtool', [
      'check',
      'config',
      join(mounted('prometheus'), 'prometheus.yml'),
    ])
    expect(status, `${stdout}${stderr}`).toBe(0)
    expect(`${stdout}${stderr}`).not.toMatch(/warn/i)
  })
})

describe('alertmanager.yml', () => {
  it.skipIf(!installed('amtool'))('is good in the eyes of amtool, as it is mounted', () => {
    const { status, stdout, stderr } = spawnSync('amtool', [
      'check-config',
      join(mounted('alertmanager'), 'alertmanager.yml'),
    ])
    expect(status, `${stdout}${stderr}`).toBe(0)
    expect(`${stdout}${stderr}`).toMatch(/Found[\s\S]*template/)
  })

  it('is mounted beside its templates and secrets', () => {
    const service = serviceOf('alertmanager')
    expect(hostPath(service, '/etc/alertmanager/alertmanager.yml')).toBe('alertmanager/alertmanager.yml')
    expect(hostPath(service, '/etc/alertmanager/templates')).toBe('alertmanager/templates')
    expect(hostPath(service, '/etc/alertmanager/secrets')).toBe('secrets/alertmanager')
    expect(service.command?.join(' ')).toContain(`--web.external-url=${example.ALERTMANAGER_URL}`)
  })
})
