// Every dashboard is one that somebody can work with at night: complete panels, places of their own, variables that act, links that keep them, and the rules of Grafana's linter.

import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, expect, it } from 'vitest'
import { all } from '../../../grafana/src/dashboards/index.ts'
import { columns } from '../../../grafana/src/layout.ts'
import { dashboards } from '../../../prometheus/src/alert.ts'
import { alerts } from '../../../prometheus/src/groups/index.ts'
import { annotationsOf } from '../../../prometheus/src/render/rules.ts'
import { exclusions } from './exclusions.ts'
import { mistakes, promqlOf, selectors } from './promql.ts'

const used = new Set<(typeof exclusions)[number]>()
function excluded(rule: string, dashboard: string, metric = ''): boolean {
  const reason = exclusions.find(
    (one) =>
      one.rule === rule && (one.dashboard?.test(dashboard) ?? true) && (one.metric?.test(metric) ?? true),
  )
  if (reason) used.add(reason)
  return reason !== undefined
}

const isPanel = (one: Panel | RowPanel): one is Panel => one.type !== 'row'

describe.each(all.map((made) => [made.name, made] as const))('%s', (name, made) => {
  const { model } = made
  const places = model.panels ?? []
  const panels = places.filter(isPanel)
  const withQueries = panels.filter(({ type }) => type !== 'alertlist')
  const variables = model.templating.list ?? []
  const variable = (wanted: string) => variables.find((one) => one.name === wanted)
  const text = JSON.stringify(model)

  it('has up to thirty panels with ids and titles of their own, in places of their own', () => {
    expect(panels.length).toBeGreaterThan(0)
    expect(places.length).toBeLessThanOrEqual(30)
    expect(new Set(places.map(({ id }) => id)).size).toBe(places.length)
    expect(new Set(places.map(({ title }) => title)).size).toBe(places.length)
    const cells = new Map<string, string>()
    for (const { gridPos, title = '' } of places) {
      const { x, y, w, h } = gridPos as NonNullable<typeof gridPos>
      expect(x + w, title).toBeLessThanOrEqual(columns)
      for (let column = x; column < x + w; column++)
        for (let line = y; line < y + h; line++) {
          expect(cells.get(`${column},${line}`), `${title} stands on`).toBeUndefined()
          cells.set(`${column},${line}`, title)
        }
    }
  })

  it('leaves no hole in a line', () => {
    const bottom = Math.max(...places.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)))
    const area = places.reduce((sum, { gridPos }) => sum + (gridPos?.w ?? 0) * (gridPos?.h ?? 0), 0)
    expect(area).toBe(columns * bottom)
  })

  it('says of each panel what it shows, what to do, in which unit, and what nothing means', () => {
    for (const { title, description = '', fieldConfig, targets = [] } of withQueries) {
      expect(description, title).toMatch(/^[A-Z].*\.\n\n\*\*When it looks bad:\*\* .{10,}\.$/s)
      expect(fieldConfig?.defaults.unit, title).toMatch(
        /^(none|short|s|ms|percent|percentunit|bytes|mps|opm|cps)$/,
      )
      expect(fieldConfig?.defaults.noValue, title).toMatch(/^[^.]{3,60}$/)
      expect(fieldConfig?.defaults.thresholds?.steps[0]?.value, title).toBeNull()
      expect(targets.map((target) => (target as { refId?: string }).refId)).toEqual(
        targets.map((_, index) => String.fromCharCode(65 + index)),
      )
      expect(targets.length, title).toBeGreaterThan(0)
    }
  })

  it('joins, names and colours columns that exist', () => {
    for (const { title, type, targets = [], transformations = [], fieldConfig } of panels) {
      if (type !== 'table') continue
      const organize = transformations.find(({ id }) => id === 'organize')?.options as {
        renameByName: Record<string, string>
      }
      const names = Object.values(organize.renameByName)
      for (const { matcher } of fieldConfig?.overrides ?? [])
        expect(names, `${title}: ${matcher.options}`).toContain(matcher.options)
      for (const from of Object.keys(organize.renameByName)) {
        const [, letter] = /^Value #([A-Z])$/.exec(from) ?? []
        if (letter) expect(targets.length, `${title}: ${from}`).toBeGreaterThan(letter.charCodeAt(0) - 65)
        if (from === 'Value') expect(targets, title).toHaveLength(1)
      }
    }
  })

  it('asks in a language that Prometheus reads', () => {
    for (const { where, expr } of promqlOf(made)) expect(mistakes(expr), `${where}: ${expr}`).toEqual([])
  })

  it('has variables that choose something', () => {
    for (const { name: wanted } of variables) {
      const references = text.split(new RegExp(`\\$\\{?${wanted}\\b`)).length - 1
      // Links hand it on and do not use it.
      const handedOn = text.split(`\${${wanted}:queryparam}`).length - 1
      expect(references - handedOn, wanted).toBeGreaterThan(0)
    }
  })

  it('links to all others, and keeps what is chosen', () => {
    expect(model.links?.[0]).toMatchObject({
      type: 'dashboards',
      tags: ['linda'],
      includeVars: true,
      keepTime: true,
    })
    expect(model.tags).toEqual(['linda'])
    for (const [, target = '', query = ''] of text.matchAll(/\/d\/linda-(\w+)\?([^"\\]*)/g)) {
      expect(dashboards).toContain(target)
      for (const kept of ['__url_time_range', 'prometheus_datasource:queryparam', 'job:queryparam'])
        expect(query).toContain(`\${${kept}}`)
    }
  })

  it('follows the rules of the linter', () => {
    expect(model.editable).toBe(false)
    const sources = variables.filter(({ type }) => type === 'datasource')
    for (const source of sources) {
      const { query, name: uid, label } = source
      expect(uid).toBe(`${query}_datasource`)
      expect(label?.toLowerCase()).toBe(`${query} data source`)
    }
    for (const { type, refresh } of variables) if (type === 'query') expect(refresh).toBe(2)
    for (const { datasource, title } of withQueries)
      expect(
        sources.map((source) => `\${${source.name}}`),
        title,
      ).toContain(datasource?.uid)
    for (const wanted of ['job', 'instance']) {
      if (excluded(`template-${wanted}-rule`, name)) continue
      expect(variable(wanted)).toMatchObject({ type: 'query', multi: true, allValue: '.+' })
      expect(variable(wanted)?.label?.toLowerCase()).toBe(wanted)
    }
    for (const { where, expr } of promqlOf(made).filter((one) => !one.where.startsWith('variable')))
      for (const { metric, labels } of selectors(expr))
        for (const wanted of ['job', 'instance']) {
          if (labels.some((label) => label.name === wanted && label.value === `$${wanted}`)) continue
          expect(
            excluded(`target-${wanted}-rule`, name, metric),
            `${where}: ${metric} of any ${wanted}`,
          ).toBe(true)
        }
    for (const { where, expr } of promqlOf(made))
      expect(expr, where).not.toMatch(/\b(i?rate)\([^[]*\[(?!\$__rate_interval\])/)
  })
})

describe('together', () => {
  it('are those that alerts lead to, with the variable that the alert fills in', () => {
    expect(all.map(({ name }) => name).sort()).toEqual([...dashboards].sort())
    for (const made of all) expect(made.model.uid).toBe(`linda-${made.name}`)
    for (const alert of alerts) {
      const { dashboard_url } = annotationsOf(alert)
      const [, name, variable] = /\/d\/linda-(\w+)(?:\?var-(\w+)=)?/.exec(dashboard_url ?? '') ?? []
      const made = all.find((one) => one.name === name)
      expect(made, dashboard_url).toBeDefined()
      if (variable) expect(made?.model.templating.list?.map((one) => one.name)).toContain(variable)
    }
  })

  it('pad with zero only what is a count of alerts that fire', () => {
    for (const made of all)
      for (const { where, expr } of promqlOf(made))
        if (expr.includes('vector(0)')) expect(expr, where).toMatch(/^count\(.*ALERTS\{.*\) or vector\(0\)$/s)
  })

  it('use every exclusion', () => {
    expect(exclusions.filter((one) => !used.has(one))).toEqual([])
  })
})
