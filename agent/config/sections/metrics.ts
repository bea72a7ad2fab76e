// metrics: the listener that never needs a secret; the one that always does is admin.ts.

import { z } from 'zod'
import { listen } from '../listen.ts'

export const metrics = z.strictObject({
  listen: listen({
    about: 'Where `/metrics`, `/healthz` and `/readyz` are served, without a secret in them.',
  }).prefault('0.0.0.0:9464'),
})
