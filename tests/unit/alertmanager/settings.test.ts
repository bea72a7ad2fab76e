// The settings that a house makes its own: what is wrong with them is told with its line, what was found and what is allowed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderAlertmanager } from '../../../alertmanager/src/render.ts'
import { readSettings, settings } from '../../../alertmanager/src/settings.ts'

const text = readFileSync(join(import.meta.dirname, '../../../alertmanager/settings.yaml'), 'utf8')

describe('settings', () => {
  it('are read, without slashes at the ends of addresses', () => {
    const own = readSettings(text.replace('http://pager:8421', 'https://pager.example.com/base/'))
    expect(own).toEqual({ ...settings, pager: { url: 'https://pager.example.com/base' } })
  })

  it.each([
    [
      'runbooks: https:',
      'runbooks: ftp:',
      /:\d+: links\.runbooks: found "ftp:.*allowed: a URL that starts with https/,
    ],
    ['secrets: /etc', 'secrets: ./etc', /secrets: found ".\/etc.*allowed: an absolute path/],
    ['to: [sre@example.com]', 'to: []', /email\.to: found a list, allowed: a list with 1 to 50/],
    ['to: [sre@example.com]', 'to: ["sre\\nBcc: x@y.z"]', /email\.to\[0\]: found .*allowed: a mail address/],
    [':587', '', /email\.smarthost: found "smtp.sendgrid.net", allowed: host:port/],
    ['username: apikey', 'username: 7', /email\.username: found 7, allowed: .*or null/],
    ['require_tls: true', 'require_tls: maybe', /email\.require_tls: found "maybe", allowed: true or false/],
    [
      'require_tls: true',
      'require_tsl: true',
      /email\.require_tsl: found an unknown key, allowed: to, from, /,
    ],
    ['"#linda-alerts"', '"<!channel>"', /slack\.channel: found "<!channel>", allowed: a channel/],
    ['pager:\n', 'pagers:\n', /pagers: found an unknown key, allowed: links, secrets, /],
    [
      'http://pager',
      'http://user:pw@pager',
      /pager\.url: found "http:\/\/\*\*\*@pager:8421", allowed: .*without name, password/,
    ],
    ['links:', 'links: {', /settings\.yaml:\d+: found at column/],
  ])('with %j as %j say what is wrong', (good, bad, expected) => {
    expect(text).toContain(good)
    expect(() => readSettings(text.replace(good, bad))).toThrow(expected)
  })

  it('reach the configuration, and a relay without a name needs no password', () => {
    const own = readSettings(text.replace('username: apikey', 'username: null').replace('sre@', 'night@'))
    const made = renderAlertmanager({ settings: own })
    expect(made).toContain('to: night@example.com')
    expect(made).not.toContain('smtp_auth')
    expect(renderAlertmanager()).toContain('smtp_auth_password_file: /etc/alertmanager/secrets/smtp.password')
  })
})
