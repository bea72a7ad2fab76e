// failover: when the work of an account goes to another one, and when it is left alone.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { integer, oneOf, path } from '../scalars.ts'
import { plainUrl } from '../urls.ts'

const damping = z
  .strictObject({
    base: duration({
      min: '1s',
      max: '24h',
      about: 'How long an account stays out after its first failover; twice as long after each further one.',
    }).prefault('5m'),
    cap: duration({
      min: '1s',
      max: '30d',
      about: 'It never stays out longer than this. At least `base`.',
    }).prefault('1h'),
    forget_after: duration({
      min: '1m',
      max: '365d',
      about: 'After so long without a failover the next one counts as the first.',
    }).prefault('24h'),
  })
  .transform((s) => ({ baseMs: s.base, capMs: s.cap, forgetAfterMs: s.forget_after }))

const hooks = z
  .strictObject({
    before: plainUrl(['http', 'https'], {
      about: 'Asked before anything is moved; any answer but 2xx calls the failover off.',
      example: 'http://127.0.0.1:9000/may-fail-over',
    })
      .nullable()
      .prefault(null),
    after: plainUrl(['http', 'https'], {
      about: 'Told when it is over, however it ended.',
      example: 'http://127.0.0.1:9000/failed-over',
    })
      .nullable()
      .prefault(null),
    secret_file: path({
      about: 'File of the secret that signs both, as for webhooks.',
      example: './secrets/hooks.secret',
    })
      .nullable()
      .prefault(null),
    timeout: duration({ min: '100ms', max: '60s', about: 'How long an answer may take.' }).prefault('2s'),
  })
  .transform((s) => ({ before: s.before, after: s.after, secretFile: s.secret_file, timeoutMs: s.timeout }))

export const failover = z
  .strictObject({
    automatic: oneOf(['on', 'off'], {
      about: 'Whether the agent fails accounts over by itself, in pools whose `failover` is auto.',
    }).prefault('on'),
    down_after: duration({
      min: '1s',
      max: '24h',
      about: 'An account that is down for so long, and was dialled in vain, is failed over.',
    }).prefault('60s'),
    failed_dials: integer({ min: 1, max: 1000, about: 'Dials in vain that it takes for that.' }).prefault(3),
    activation: duration({
      min: '100ms',
      max: '5m',
      about: 'How long the account that takes over has for a sign of life, before the next one is tried.',
    }).prefault('5s'),
    drain: duration({
      min: '1s',
      max: '10m',
      about: 'How long a planned switch-over waits for what is on its way, before it is called off.',
    }).prefault('30s'),
    returns: oneOf(['auto', 'manual'], {
      about:
        'Whether an account that is well again takes new conversations by itself when its time out is over.',
    }).prefault('auto'),
    damping: damping.prefault({}),
    hooks: hooks.prefault({}),
  })
  .transform((s) => ({
    automatic: s.automatic,
    policy: { downAfterMs: s.down_after, failedDials: s.failed_dials },
    activationMs: s.activation,
    drainMs: s.drain,
    returns: s.returns,
    damping: s.damping,
    hooks: s.hooks,
  }))
