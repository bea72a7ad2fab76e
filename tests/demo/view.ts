// The live view: a table that redraws itself on a terminal, one line every few seconds anywhere else.

import type { Mischief } from './mischief.ts'
import type { Stage } from './stage.ts'
import type { Traffic } from './traffic.ts'

const PLAIN_EVERY_MS = 5_000
const REDRAW_EVERY_MS = 500

export interface Watched {
  stage: Stage
  traffic: Traffic
  mischief: Mischief
  startedAt: number
}

/** Starts showing; answers the function that stops it. */
export function startView(watched: Watched, out: NodeJS.WriteStream): () => void {
  const live = out.isTTY === true
  let lines = 0
  const show = async (): Promise<void> => {
    const rows = await watched.stage.agent.connections().catch(() => [])
    const { traffic, mischief, startedAt } = watched
    const seconds = Math.round((Date.now() - startedAt) / 1000)
    const { accepted, acked, resent, written } = traffic.counts
    const numbers = `sent ${acked}/${accepted} acknowledged, ${resent} resent, ${written} written to us, ${mischief.done.length} faults`
    if (!live) {
      const up = rows.filter((row) => row.up).length
      out.write(`${String(seconds).padStart(4)} s  ${up}/${rows.length} up, ${numbers}\n`)
      return
    }
    const text = [
      `linda demo, ${seconds} s: ${numbers}`,
      ...rows.map(row),
      `last fault: ${mischief.done.at(-1) ?? 'none'}`,
      `metrics ${watched.stage.metricsUrl}/metrics   admin ${watched.stage.adminUrl}`,
    ]
    out.write(
      `${lines > 0 ? `\x1b[${lines}A` : ''}${text.map((line) => `\x1b[2K${line.slice(0, out.columns || 120)}\n`).join('')}`,
    )
    lines = text.length
  }
  void show()
  const timer = setInterval(() => void show(), live ? REDRAW_EVERY_MS : PLAIN_EVERY_MS)
  return () => clearInterval(timer)
}

function row({
  account,
  status,
  up,
  lastActivity,
  qrMetrics,
  nextAlert,
}: Awaited<ReturnType<Stage['agent']['connections']>>[number]): string {
  const age =
    lastActivity === null ? '-' : `${((Date.now() - Date.parse(lastActivity)) / 1000).toFixed(1)} s ago`
  return [
    `  ${account.padEnd(10)}`,
    status.padEnd(12),
    (up ? 'evidence fresh' : 'no evidence').padEnd(16),
    age.padEnd(12),
    `codes ${qrMetrics.qrsGenerated}`.padEnd(10),
    nextAlert ?? '',
  ].join(' ')
}
