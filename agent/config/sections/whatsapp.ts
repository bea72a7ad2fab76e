// whatsapp: how connections are opened, watched and opened again.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { integer, oneOf, publicKey } from '../scalars.ts'
import { url } from '../urls.ts'

const reconnect = z
  .strictObject({
    base: duration({
      min: '10ms',
      max: '1h',
      about: 'First back-off: the n-th delay is drawn evenly from 0 to base times 2 to the power n.',
    }).prefault('1s'),
    cap: duration({
      min: '10ms',
      max: '24h',
      about: 'No back-off is longer than this. At least `base`.',
    }).prefault('5m'),
    stable_after: duration({
      min: '10ms',
      max: '24h',
      about: 'A connection that stayed open this long starts the back-off from the beginning.',
    }).prefault('60s'),
  })
  .transform((s) => ({ baseMs: s.base, capMs: s.cap, stableAfterMs: s.stable_after }))

export const whatsapp = z
  .strictObject({
    url: url(['wss', 'ws'], {
      about: 'The server that sessions connect to. Another one is only of use for tests.',
      example: 'ws://127.0.0.1:7420/ws/chat',
    }).prefault('wss://web.whatsapp.com/ws/chat'),
    root_key: publicKey({
      about:
        "Public key that signs the server's certificates; null is WhatsApp's own. Set it together with `url`.",
      example: `"${'1f'.repeat(32)}"`,
    })
      .nullable()
      .prefault(null),
    certificate: oneOf(['warn', 'strict'], {
      about:
        'What happens when the certificate is not signed by `root_key`: an event and a metric, or no connection.',
    }).prefault('warn'),
    connect_timeout: duration({
      min: '100ms',
      max: '5m',
      about:
        'How long opening a connection may take, from dialling to an accepted login or a first code, before it is given up.',
    }).prefault('20s'),
    connect_concurrency: integer({
      min: 1,
      max: 100,
      about: 'How many connections of this process may be opening at once.',
    }).prefault(5),
    probe_interval: duration({
      min: '100ms',
      max: '10m',
      about: 'Silence of the server after which an open session is asked for a sign of life.',
    }).prefault('30s'),
    probe_deadline: duration({
      min: '10ms',
      max: '60s',
      about: 'How long the answer to that question may take before the session is taken for dead.',
    }).prefault('1500ms'),
    ack_deadline: duration({
      min: '10ms',
      max: '5m',
      about:
        'An acknowledgement that is overdue by this much is a suspicion: the session is asked for a sign of life.',
    }).prefault('2s'),
    reconnect: reconnect.prefault({}),
  })
  .transform((s) => ({
    url: s.url,
    rootKey: s.root_key,
    certificate: s.certificate,
    connectTimeoutMs: s.connect_timeout,
    connectConcurrency: s.connect_concurrency,
    probeIntervalMs: s.probe_interval,
    probeDeadlineMs: s.probe_deadline,
    ackDeadlineMs: s.ack_deadline,
    reconnect: s.reconnect,
  }))
