// pairing: how long an attempt to link a phone stays open, and how that is learned.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { fraction, integer, oneOf } from '../scalars.ts'

const window = { min: '1s', max: '1h' }

export const pairing = z
  .strictObject({
    policy: oneOf(['survival', 'blend', 'fixed'], {
      about:
        'How the window is chosen: from all scan times with the expired ones as lower bounds, from the 95th percentile mixed with `base`, or always `base`.',
    }).prefault('survival'),
    base: duration({
      ...window,
      about: 'The window while too little is known. From `min` to `max`.',
    }).prefault('120s'),
    min: duration({ ...window, about: 'No window is shorter than this.' }).prefault('60s'),
    max: duration({ ...window, about: 'No window is longer than this.' }).prefault('180s'),
    minimum_scans: integer({
      min: 1,
      max: 10_000,
      about: 'Scans that must be known before anything is learned from them.',
    }).prefault(30),
    confidence: fraction({
      about:
        'Confidence in the 95th percentile below which `blend` keeps to `base` and `survival` keeps its widest margin.',
    }).prefault(0.85),
    quantile: fraction({ about: 'Share of the people that the window should be long enough for.' }).prefault(
      0.95,
    ),
    regenerations: integer({
      min: 0,
      max: 10,
      about: 'Fresh attempts in a row after a window in which somebody looked and nobody scanned.',
    }).prefault(3),
  })
  .transform((s) => ({
    policy: s.policy,
    baseMs: s.base,
    minMs: s.min,
    maxMs: s.max,
    minimumScans: s.minimum_scans,
    confidence: s.confidence,
    quantile: s.quantile,
    regenerations: s.regenerations,
  }))
