// health: how often accounts are scored and what counts how much.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { number, oneOf } from '../scalars.ts'

const share = (about: string) => number({ min: 0, max: 1, about })

const weights = z
  .strictObject({
    uptime: share('Weight of the time that the session was up.').prefault(0.3),
    qr_quality: share('Weight of how seldom codes had to be made again.').prefault(0.25),
    error_rate: share('Weight of failed operations.').prefault(0.2),
    response_time: share("Weight of the time to the server's acknowledgement.").prefault(0.15),
    message_processing: share(
      'Weight of messages that were acknowledged or handled. All five sum to 1.',
    ).prefault(0.1),
  })
  .transform((s) => ({
    uptime: s.uptime,
    qrQuality: s.qr_quality,
    errorRate: s.error_rate,
    responseTime: s.response_time,
    messageProcessing: s.message_processing,
  }))

export const health = z
  .strictObject({
    interval: duration({ min: '1s', max: '24h', about: 'Time between two scores of an account.' }).prefault(
      '5m',
    ),
    weights: weights.prefault({}),
    healthy_from: number({ min: 0, max: 100, about: 'From this score on an account is healthy.' }).prefault(
      80,
    ),
    unhealthy_below: number({
      min: 0,
      max: 100,
      about: 'Below this score it is unhealthy; between the two it is a warning.',
    }).prefault(60),
    hysteresis: number({
      min: 0,
      max: 50,
      about: 'Points beyond a threshold that a score needs to rise over it; it falls below it at once.',
    }).prefault(3),
    canary: oneOf(['on', 'off'], {
      about:
        'Whether idle accounts of a pool send each other test messages now and then. They show in the chat lists of both phones.',
    }).prefault('off'),
    canary_interval: duration({
      min: '1m',
      max: '24h',
      about:
        'How long an account must have been quiet, and about how long after its last test, before it is tested; drawn from half to one and a half times this. No more than one test a minute leaves a process.',
    }).prefault('15m'),
    canary_deadline: duration({
      min: '1s',
      max: '10m',
      about: "How long after the server's acknowledgement a test message may take to arrive.",
    }).prefault('30s'),
  })
  .transform((s) => ({
    intervalMs: s.interval,
    weights: s.weights,
    thresholds: { healthyFrom: s.healthy_from, unhealthyBelow: s.unhealthy_below, hysteresis: s.hysteresis },
    canary: s.canary,
    canaryIntervalMs: s.canary_interval,
    canaryDeadlineMs: s.canary_deadline,
  }))
