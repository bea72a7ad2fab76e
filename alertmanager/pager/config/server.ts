// api, callbacks, metrics, store, log and heartbeat: where the pager listens, what it keeps and whom it hears.

import { z } from 'zod'
import { duration } from '../../../agent/config/durations.ts'
import { listen } from '../../../agent/config/listen.ts'
import { oneOf, path, text } from '../../../agent/config/scalars.ts'
import { plainUrl } from '../../../agent/config/urls.ts'
import { formed, name } from './keys.ts'

export const api = z
  .strictObject({
    listen: listen({ about: "Where Alertmanager's webhook and the history are." }).prefault('127.0.0.1:8421'),
    token_file: path({ about: 'File of the token that every request needs, 16 to 256 characters.' }).prefault(
      './secrets/pager.token',
    ),
  })
  .transform((s) => ({ listen: s.listen, tokenFile: s.token_file }))

export const callbacks = z
  .strictObject({
    listen: listen({
      about: 'Where acknowledgement links lead and providers report to; what the internet may reach.',
    }).prefault('127.0.0.1:8422'),
    public_url: plainUrl(['https', 'http'], {
      about:
        'How the internet reaches that listener. Without it messages have no link, and calls and replies acknowledge nothing.',
      example: 'https://pager.example.com',
    })
      .nullable()
      .prefault(null),
  })
  .transform((s) => ({ listen: s.listen, publicUrl: s.public_url?.replace(/\/+$/, '') ?? null }))

export const metrics = z.strictObject({
  listen: listen({
    about: 'Where `/metrics`, `/healthz` and `/readyz` are served, without a secret in them.',
  }).prefault('0.0.0.0:9465'),
})

export const store = z
  .strictObject({
    url: formed(/^sqlite:\S(.*\S)?$/, 'URL', 'sqlite: and a path', {
      about: 'The file that holds pages, deliveries and the history. One process has it at a time.',
    }).prefault('sqlite:./data/pager.db'),
    retention: duration({
      min: '1d',
      max: '3650d',
      about: 'How long pages that are over are kept.',
    }).prefault('90d'),
  })
  .transform((s) => ({ url: s.url, retentionMs: s.retention }))

export const log = z.strictObject({
  level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    about: 'What is logged: this and graver.',
  }).prefault('info'),
})

export const heartbeat = z
  .strictObject({
    alert: text({ about: 'Name of the alert that always fires.' }).prefault('Watchdog'),
    job: text({
      about:
        'Its label `job`, as the rules of Linda have it: a Watchdog of another Prometheus is no sign of life. null: whatever has that name.',
    })
      .nullable()
      .prefault('linda'),
    late_after: duration({
      min: '1s',
      max: '1d',
      about: 'How long it may stay away before the pager pages by itself.',
    }).prefault('3m'),
    receiver: name({ about: 'Receiver that is paged then.' }).prefault('default'),
    url: plainUrl(['https', 'http'], {
      about:
        'Address outside that is called (GET) whenever the alert arrives, every 30 s at most: it pages when this whole machine is gone.',
      example: 'https://hc-ping.com/1d6c5b1e-0000-4000-8000-000000000000',
    })
      .nullable()
      .prefault(null),
  })
  .transform((s) => ({
    alert: s.alert,
    job: s.job,
    lateAfterMs: s.late_after,
    receiver: s.receiver,
    url: s.url,
  }))
