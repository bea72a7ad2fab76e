// metrics and admin: two listeners, so that scraping never needs a secret and administration always does.

import { z } from 'zod'
import { listen } from '../listen.ts'
import { path } from '../scalars.ts'

export const metrics = z.strictObject({
  listen: listen({
    about: 'Where `/metrics`, `/healthz` and `/readyz` are served, without a secret in them.',
  }).prefault('0.0.0.0:9464'),
})

export const admin = z
  .strictObject({
    listen: listen({
      about: 'Where the administration API is served. Every request needs a token.',
      example: '"[::1]:8420"',
    }).prefault('127.0.0.1:8420'),
    tokens_file: path({ about: 'File of the hashed tokens and their roles.' }).prefault(
      './secrets/tokens.yaml',
    ),
  })
  .transform((s) => ({ listen: s.listen, tokensFile: s.tokens_file }))
