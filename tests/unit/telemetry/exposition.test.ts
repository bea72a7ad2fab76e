// The page is valid OpenMetrics, the same at every scrape, and made without holding the event loop.

import { beforeEach, expect, it } from 'vitest'
import { renderOpenMetrics } from '../../../agent/telemetry/exposition.ts'
import { Instruments } from '../../../agent/telemetry/instruments.ts'

let to: Instruments
beforeEach(() => {
  to = new Instruments('openmetrics')
})
const traceId = '0af7651916cd43dd8448eb211c80319c'

it('ends with # EOF and has no empty line', async () => {
  const text = await renderOpenMetrics(to.registry)
  expect(text.endsWith('\n# EOF\n')).toBe(true)
  expect(text.match(/# EOF/g)).toHaveLength(1)
  expect(text).not.toMatch(/\n\n/)
})

it('a counter has _total on its samples and not on its family, the second time too', async () => {
  for (let scrape = 1; scrape <= 3; scrape++) {
    to.counter('scans').inc({ account: 'uae-1' })
    const text = await renderOpenMetrics(to.registry)
    expect(text).toContain('# TYPE whatsapp_qr_scans counter\n')
    expect(text).toContain(`whatsapp_qr_scans_total{account="uae-1"} ${scrape}\n`)
    expect(text).not.toContain('_total_total')
    expect(text).not.toMatch(/^# (HELP|TYPE) \S+_total /m)
  }
})

it('a histogram shows the trace of its last observation per bucket', async () => {
  to.observe('ackSeconds', 0.2, {}, traceId)
  const text = await renderOpenMetrics(to.registry)
  expect(text).toMatch(
    /^whatsapp_message_ack_seconds_bucket\{le="0.25"\} 1 # \{trace_id="0af7[0-9a-f]{28}"\} 0\.2 \d+(\.\d+)?$/m,
  )
})

it('every line is a comment or a sample, and every sample belongs to the family above it', async () => {
  to.counter('disconnects').inc({ account: 'uae-1', reason: 'stalled' })
  to.observe('ackSeconds', 0.2, {}, traceId)
  let family = ''
  const families: string[] = []
  for (const line of (await renderOpenMetrics(to.registry)).trimEnd().split('\n')) {
    if (line === '# EOF') continue
    const [, kind, name] = /^# (HELP|TYPE) (\S+) /.exec(line) ?? []
    if (kind === 'HELP') {
      family = name ?? ''
      families.push(family)
    } else if (kind === 'TYPE') expect(name).toBe(family)
    else expect(line).toMatch(new RegExp(`^${family}(_total|_bucket|_sum|_count)?(\\{.*\\})? [^ ]+( # .*)?$`))
  }
  expect(new Set(families).size).toBe(families.length)
})

it('lets others have a turn while it renders', async () => {
  let turns = 0
  let done = false
  const count = () => {
    turns += 1
    if (!done) setImmediate(count)
  }
  setImmediate(count)
  await renderOpenMetrics(to.registry)
  done = true
  expect(turns).toBeGreaterThan(to.registry.getMetricsAsArray().length / 2)
})

it('two scrapes at once get the same whole page', async () => {
  to.counter('scans').inc({ account: 'uae-1' })
  const pages = await Promise.all([renderOpenMetrics(to.registry), renderOpenMetrics(to.registry)])
  for (const page of pages) expect(page).toContain('whatsapp_qr_scans_total{account="uae-1"} 1\n')
})
