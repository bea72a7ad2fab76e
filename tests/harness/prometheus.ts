// A real Prometheus on loopback with a configuration of the test's making; ended and removed by the test that started it.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort, startServer } from './server-process.ts'

/** Whether the machine has it; without it the tests that need it are skipped. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0

export interface Prometheus {
  url: string
  pid: number
  /** The values of an instant query by the label, or by `''` where there is none. */
  query(promql: string, label?: string): Promise<Map<string, number>>
  get(path: string): Promise<unknown>
  close(): Promise<void>
}

/**
 * @param flags beside those that every test needs
 * @param prepare puts blocks into the folder of the database before it is opened
 */
export async function startPrometheus(
  config: Record<string, unknown>,
  flags: readonly string[] = [],
  prepare?: (data: string) => Promise<void>,
): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'prometheus-'))
  writeFileSync(join(directory, 'prometheus.yml'), stringify(config))
  await prepare?.(join(directory, 'data'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const args = [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=error',
    ...flags,
  ]
  const { pid, close } = await startServer('Prometheus', 'prometheus', args, { url, directory })
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(url + path)
    return ((await response.json()) as { data: unknown }).data
  }
  const query = async (promql: string, label = ''): Promise<Map<string, number>> => {
    const { result } = (await get(`/api/v1/query?query=${encodeURIComponent(promql)}`)) as {
      result: { metric: Record<string, string>; value: [number, string] }[]
    }
    return new Map(result.map(({ metric, value }) => [metric[label] ?? '', Number(value[1])]))
  }
  return { url, pid, query, get, close }
}
