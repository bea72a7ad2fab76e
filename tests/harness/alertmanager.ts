// A real Alertmanager on loopback with a configuration of the test's making; ended and removed by the test that started it.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

/** Debian's package calls it by its long name. */
const program = ['alertmanager', 'prometheus-alertmanager'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
)

/** Whether the machine has it, with amtool; without it the tests that need it are skipped. */
export const hasAlertmanager = program !== undefined && spawnSync('amtool', ['--version']).status === 0

const shippedTemplates = join(import.meta.dirname, '../../alertmanager/templates')

/** An alert as Prometheus would post it. */
export interface Posted {
  labels: Record<string, string>
  annotations?: Record<string, string>
  startsAt?: string
  /** In the past: it is over. */
  endsAt?: string
  generatorURL?: string
}

/** One as the API shows it. */
export interface Seen {
  labels: Record<string, string>
  fingerprint: string
  status: { state: string; silencedBy: string[]; inhibitedBy: string[] }
  receivers: { name: string }[]
}

export interface Alertmanager extends ServerProcess {
  url: string
  post(alerts: readonly Posted[]): Promise<void>
  alerts(): Promise<Seen[]>
}

/**
 * @param config makes the text of alertmanager.yml for a folder of secrets; `templates/` beside it are the shipped ones
 * @param secrets contents of the files in that folder, by name
 */
export async function startAlertmanager(
  config: (secrets: string) => string,
  { secrets = {}, port }: { secrets?: Readonly<Record<string, string>>; port?: number } = {},
): Promise<Alertmanager> {
  if (program === undefined) throw new Error('there is no Alertmanager here')
  const directory = mkdtempSync(join(tmpdir(), 'alertmanager-'))
  mkdirSync(join(directory, 'secrets'))
  cpSync(shippedTemplates, join(directory, 'templates'), { recursive: true })
  writeFileSync(join(directory, 'alertmanager.yml'), config(join(directory, 'secrets')))
  for (const [name, text] of Object.entries(secrets)) writeFileSync(join(directory, 'secrets', name), text)
  const own = port ?? (await freePort())
  const url = `http://127.0.0.1:${own}`
  const args = [
    `--config.file=${join(directory, 'alertmanager.yml')}`,
    `--storage.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${own}`,
    `--web.external-url=${url}`,
    // Alone: no gossip, and no wait for peers before a notification.
    '--cluster.listen-address=',
    '--log.level=warn',
  ]
  const server = await startServer('Alertmanager', program, args, { url, directory })
  const post = async (alerts: readonly Posted[]): Promise<void> => {
    const response = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    })
    if (!response.ok) throw new Error(`alerts were refused: ${await response.text()}`)
  }
  const alerts = async (): Promise<Seen[]> => (await (await fetch(`${url}/api/v2/alerts`)).json()) as Seen[]
  return { url, ...server, post, alerts }
}
