// A pager that is killed at any moment: whatever it had answered 200 for is told, and a second telling is counted where nobody could know.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PagerProcess, runPager, writePagerConfig } from '../harness/pager-process.ts'
import { startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'
import { Client } from './pager.ts'

const WITHIN_MS = 120_000
/** Pages that are brought while the pager dies again and again. */
const PAGES = 24
const KILLS = 2
/** Pages that were answered 200. */
const brought = { count: 0 }

let directory: string
let twilio: Twilio
let pager: PagerProcess
let client: Client

async function start(): Promise<void> {
  pager = runPager(['run'], directory)
  client = new Client((await pager.listening()).apiUrl)
}
async function kill(): Promise<void> {
  pager.child.kill('SIGKILL')
  await pager.ended
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'linda-pager-killed-'))
  twilio = await startTwilio()
  writePagerConfig(
    directory,
    { twilio },
    {
      retries: { apart: '20ms' },
      budgets: { sms: 10_000, recipient_sms: 10_000 },
      recipients: { alice: { phone: '+971505760056' } },
      receivers: { default: { channels: ['sms'], recipients: ['alice'] } },
    },
  )
  await start()
}, WITHIN_MS)
afterAll(async () => {
  await kill()
  await twilio.close()
  rmSync(directory, { recursive: true, force: true })
})

const about = (alert: string) => twilio.taken.filter(({ text }) => text.includes(`${alert} on`))
const doubtfulOf = async (type: string): Promise<number> => {
  const all = (await client.history()).filter((each) => each.type === type)
  return all.reduce((sum, { metadata }) => sum + metadata.possibleDuplicates, 0)
}

it(
  'sends again what it was sending, and counts it',
  async () => {
    twilio.manner = () => 'hang'
    expect((await client.page('default', { alert: 'Killed' })).status).toBe(200)
    await until('the request has arrived', () => about('Killed').length === 1)
    await kill()
    twilio.manner = () => 'accept'
    await start()
    await until('it is sent again', () => about('Killed').length === 2)
    await until('it is counted', async () => (await doubtfulOf('KILLED')) === 1)
    expect(pager.printed()).toContain('"why":"killed"')
  },
  WITHIN_MS,
)

it(
  'loses nothing of what it had accepted when it dies before it sends',
  async () => {
    twilio.manner = () => ({ status: 500 })
    expect((await client.page('default', { alert: 'Waiting' })).status).toBe(200)
    await kill()
    twilio.manner = () => 'accept'
    await start()
    await until('it is sent', () => about('Waiting').length > 0)
    // Every answer but that of the moment of death was known.
    expect(about('Waiting').length - 1).toBeLessThanOrEqual(await doubtfulOf('WAITING'))
  },
  WITHIN_MS,
)

it(
  'misses nobody and doubles nothing uncounted, killed at any moment under load',
  async () => {
    const alerts = Array.from({ length: PAGES }, (_, n) => `Storm${n}x`)
    // As Alertmanager does it: again until it has heard a 200.
    const bring = async (alert: string): Promise<void> => {
      const fires = { alert, startsAt: Date.now() }
      await until(
        `${alert} is accepted`,
        async () => {
          try {
            return (await client.page('default', fires)).status === 200
          } catch {
            return false
          }
        },
        WITHIN_MS,
      )
    }
    const bringing = Promise.all(
      alerts.map(async (alert, n) => {
        await until('its turn', () => n <= brought.count + 4, WITHIN_MS)
        await bring(alert)
        brought.count += 1
      }),
    )
    for (let n = 1; n <= KILLS; n++) {
      await until('some are through', () => brought.count >= (n * PAGES) / (KILLS + 1), WITHIN_MS)
      await kill()
      await start()
    }
    await bringing
    const missing = () => alerts.filter((alert) => about(alert).length === 0)
    await until(
      () => `told of ${missing()}`,
      () => missing().length === 0,
      WITHIN_MS,
    )
    await until('nothing is on its way', async () =>
      (await client.history()).every(({ status }) => status !== 'PENDING'),
    )
    for (const alert of alerts) {
      const doubled = about(alert).length - 1
      expect(doubled, alert).toBeLessThanOrEqual(await doubtfulOf(alert.toUpperCase()))
    }
  },
  WITHIN_MS,
)

it(
  'does not run twice on one file',
  async () => {
    const second = runPager(['run'], directory)
    expect(await second.ended).toBe(2)
    expect(second.printed()).toContain('in use by another process')
  },
  WITHIN_MS,
)
