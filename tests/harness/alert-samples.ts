// Every alert as Prometheus would hand it on: its labels are those of the case in which promtool sees it fire.

import type { Alert } from '../../prometheus/src/alert.ts'
import type { Case } from '../../prometheus/src/cases/case.ts'
import { trials } from '../../prometheus/src/cases/index.ts'
import { alerts } from '../../prometheus/src/groups/index.ts'
import { annotationsOf, labelsOf } from '../../prometheus/src/render/rules.ts'
import type { Posted } from './alertmanager.ts'

/** Labels that the expression of an alert leaves, beside those that its rule sets. */
export function labelsWhenFiring({ name, tier }: Pick<Alert, 'name' | 'tier'>): Record<string, string> {
  const trial = Object.values(trials).find(({ cases }) => name in cases)?.cases[name]
  const fires = [trial?.fires ?? []].flat() as readonly Case[]
  const told = fires.flatMap((each) => each.told ?? [])
  const found = told.find((each) => tier === undefined || each.tier === tier)
  if (!found) throw new Error(`no case in which ${name} ${tier ?? ''} fires`)
  return { ...found.labels }
}

/** The alert with these labels instead of, or beside, those of its case. */
export function posted(alert: Alert, labels: Readonly<Record<string, string>> = {}): Posted {
  const own: Record<string, string> = { ...labelsWhenFiring(alert), ...labels }
  const filled = (text: string): string =>
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => own[label] ?? '')
      .replaceAll(/\{\{ \$value[^}]*\}\}/g, '0')
  const annotations = Object.entries(annotationsOf(alert)).map(([key, text]) => [key, filled(text)])
  return {
    labels: { alertname: alert.name, ...labelsOf(alert), ...own },
    annotations: Object.fromEntries(annotations),
  }
}

/** One alert by its name, and its tier where it has tiers. */
export function alertOf(name: string, tier?: string): Alert {
  const found = alerts.find((alert) => alert.name === name && (tier === undefined || alert.tier === tier))
  if (!found) throw new Error(`no alert ${name} ${tier ?? ''}`)
  return found
}
