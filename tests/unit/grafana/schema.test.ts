// The JSON is what the SDK's types describe, inside of the panels too, where its own type of a dashboard looks no further.

import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { beforeAll, describe, expect, it } from 'vitest'
import { all } from '../../../grafana/src/dashboards/index.ts'
import { readSchema, type Schema } from './schema.ts'

/** By the type of the panel; the alert list has no module. */
const modules: Readonly<Record<string, string>> = {
  timeseries: 'timeseries',
  stat: 'stat',
  gauge: 'gauge',
  bargauge: 'bargauge',
  table: 'table',
  heatmap: 'heatmap',
  'state-timeline': 'statetimeline',
}

let schema: Schema
beforeAll(() => {
  schema = readSchema(['dashboard', 'prometheus', ...Object.values(modules)])
}, 60_000)

const written = all.map(({ name, model }) => [name, model] as const)

describe.each(written)('%s', (_, model) => {
  const panels = (model.panels ?? []).filter((panel): panel is Panel => panel.type !== 'row')

  it('is a dashboard', () => {
    expect(schema.misfits(model, 'dashboard', 'Dashboard')).toEqual([])
  })

  it('has panels with options and queries that exist', () => {
    for (const panel of panels) {
      const module = modules[panel.type]
      if (module === undefined) {
        expect(panel.type).toBe('alertlist')
        continue
      }
      const at = `${panel.title}: `
      expect(schema.misfits(panel.options, module, 'Options', `${at}options`)).toEqual([])
      const custom = panel.fieldConfig?.defaults.custom ?? {}
      if (schema.has(module, 'FieldConfig'))
        expect(schema.misfits(custom, module, 'FieldConfig', `${at}custom`)).toEqual([])
      if (panel.datasource?.type === 'prometheus')
        for (const target of panel.targets ?? [])
          expect(schema.misfits(target, 'prometheus', 'Dataquery', `${at}target`)).toEqual([])
    }
  })
})

describe('the schema bites', () => {
  const [, good] = written[0] as (typeof written)[number]
  it.each([
    ['a number for a text', { ...good, title: 7 }, 'title: found number'],
    ['a key that does not exist', { ...good, panel: [] }, 'panel is unknown'],
    ['a key that is missing', { ...good, schemaVersion: undefined }, 'schemaVersion: found undefined'],
    ['a word that is none of the list', { ...good, graphTooltip: 9 }, 'graphTooltip'],
    ['a panel of nothing', { ...good, panels: [{ id: 1 }] }, 'panels[0]'],
  ])('%s', (_, bad, said) => {
    expect(schema.misfits(bad, 'dashboard', 'Dashboard').join('\n')).toContain(said)
  })
})
