// Every mistake in pager.yaml is told with its place, what was found and what is allowed; what is shipped as an example has none.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { ConfigError } from '../../../agent/config/problems.ts'
import { loadPagerConfig } from '../../../alertmanager/pager/config/load.ts'
import { readSecrets } from '../../../alertmanager/pager/config/secrets.ts'
import { paged } from '../../../alertmanager/src/policy.ts'

const directory = mkdtempSync(join(tmpdir(), 'linda-pager-config-'))
afterAll(() => rmSync(directory, { recursive: true }))
const example = readFileSync(join(import.meta.dirname, '../../../pager.example.yaml'), 'utf8')

function load(text: string, env: Record<string, string> = {}) {
  writeFileSync(join(directory, 'pager.yaml'), text)
  return loadPagerConfig({ env, cwd: directory })
}
function said(text: string, env: Record<string, string> = {}): string[] {
  try {
    load(text, env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ path, found, allowed }) => `${path}: ${found} | ${allowed}`)
  }
}
/** The example with one value set at a path. */
function changed(path: string, value: unknown): string {
  const document = parse(example) as Record<string, never>
  const steps = path.split('.')
  let at: Record<string, unknown> = document
  for (const step of steps.slice(0, -1)) {
    at[step] ??= {}
    at = at[step] as Record<string, unknown>
  }
  at[steps.at(-1) ?? ''] = value
  return stringify(document)
}

it('takes the example', () => {
  expect(load(example)).toMatchObject({
    retries: { count: 3, apartMs: 5_000 },
    heartbeat: { alert: 'Watchdog', lateAfterMs: 180_000 },
    api: { listen: { host: '127.0.0.1', port: 8421 } },
    callbacks: { listen: { port: 8422 } },
    metrics: { listen: { host: '0.0.0.0', port: 9465 } },
    quiet_hours: { from: 1_320, to: 420 },
  })
})

it.each(['pager.example.yaml', 'stack/demo/pager.yaml'])(
  '%s has every receiver that Alertmanager posts to: a page of a receiver that is not there goes to everybody',
  (file) => {
    const { receivers } = parse(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'))
    expect(Object.keys(receivers)).toEqual(expect.arrayContaining(['default', ...paged]))
  },
)

it('takes single keys from the environment', () => {
  const config = load(example, {
    PAGER_RETRIES__COUNT: '1',
    PAGER_API__LISTEN: '127.0.0.1:0',
    LINDA_X__Y: 'not ours',
  })
  expect(config).toMatchObject({ retries: { count: 1 }, api: { listen: { port: 0 } } })
  expect(said(example, { PAGER_RETRIES__COUNTS: '1' })).toEqual([
    ': a variable that names no key | did you mean PAGER_RETRIES__COUNT?',
  ])
})

it.each([
  ['recipients.alice.phone', '12345', 'recipients.alice.phone: "12345" | E.164'],
  [
    'recipients.alice.phone',
    '+5511912345678',
    'recipients.bob.phone: "+5511912345678" | a number that alice does not have already',
  ],
  ['recipients.alice.locale', 'de', 'recipients.alice.locale: "de" | en or ar or es or pt or hi or id'],
  [
    'recipients.alice.time_zone',
    'Mars/Base',
    'recipients.alice.time_zone: "Mars/Base" | the name of a time zone',
  ],
  [
    'recipients.alice.pone',
    'x',
    'recipients.alice.pone: an unknown key | phone, fcm_token, locale, time_zone, two_way; did you mean phone?',
  ],
  ['recipients.alice', 'x', 'recipients.alice: "x" | a group of the keys phone'],
  ['recipients', [], 'recipients: a list | a group of names'],
  ['receivers.sms.recipients', ['eve'], 'receivers.sms.recipients[0]: "eve" | one of recipients: alice, bob'],
  ['receivers.sms.schedule', 'second', 'receivers.sms.schedule: "second" | one of schedules: primary'],
  ['receivers.sms.channels', [], 'receivers.sms.channels: no channel | sms, voice or push'],
  ['receivers.sms.channels', ['fax'], 'receivers.sms.channels[0]: "fax" | sms or voice or push'],
  ['receivers.sms.fallback', ['push'], 'receivers.sms: push, and no channels.fcm | fcm'],
  ['receivers.sms.schedule', null, 'receivers.sms: nobody to tell | recipients, a schedule, or both'],
  ['receivers.sms.cooldown', '50', 'receivers.sms.cooldown: "50" | a duration from 0s to 30d'],
  ['receivers', { sms: { channels: ['sms'], recipients: ['bob'] } }, 'receivers: no receiver called default'],
  ['recipients.alice.phone', null, 'receivers.default: alice, whom sms and voice cannot reach'],
  ['schedules.primary.rotation', [], 'schedules.primary.rotation: nobody | at least one recipient'],
  ['schedules.primary.start', '2026-02-30', 'schedules.primary.start: "2026-02-30" | a day such as'],
  ['schedules.primary.handover', '9:00', 'schedules.primary.handover: "9:00" | a time such as'],
  [
    'schedules.primary.shifts',
    [{ days: ['someday'], from: '08:00', to: '09:00', recipients: ['bob'] }],
    'schedules.primary.shifts[0].days[0]: "someday" | sun or mon',
  ],
  ['quiet_hours', { from: '25:00', to: '07:00' }, 'quiet_hours.from: "25:00" | a time such as'],
  ['channels.twilio.account_sid', 'AC1', 'channels.twilio.account_sid: "AC1" | AC and 32 of 0-9 and a-f'],
  [
    'channels.twilio.auth_token',
    'secret',
    'channels.twilio.auth_token: an unknown key | account_sid, auth_token_file',
  ],
  ['channels.twilio', null, 'receivers.default: sms, and no channels.twilio | twilio'],
  [
    'heartbeat.receiver',
    'nobody',
    'heartbeat.receiver: "nobody" | one of receivers: default, sms, push, voice',
  ],
  ['heartbeat.url', 'ftp://x', 'heartbeat.url: "ftp://x" | a URL that starts with https://'],
  [
    'callbacks.listen',
    '127.0.0.1:8421',
    'callbacks.listen: port 8421 | a port that api.listen does not have',
  ],
  ['store.url', 'postgres://x', 'store.url: "postgres://x" | sqlite: and a path'],
  ['retries.count', 11, 'retries.count: 11 | a whole number from 0 to 10'],
  ['what', 1, 'what: an unknown key | api, callbacks'],
])('refuses %s: %j', (path, value, message) => {
  expect(said(changed(path, value))[0]).toContain(message)
})

it('reads secrets from files, and shows nothing of one that is no secret', () => {
  const config = load(example)
  const refused = (): string => {
    try {
      readSecrets(config, directory)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(refused()).toContain('api.token_file: found no file ./secrets/pager.token')
  writeFileSync(join(directory, 'short.token'), 'too-short')
  const short = load(changed('api.token_file', './short.token'))
  expect(() => readSecrets(short, directory)).toThrow('with 9 characters')
  expect(() => readSecrets(short, directory)).not.toThrow('too-short')
})
