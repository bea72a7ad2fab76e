// pager: where the pager is, whose history the agent shows and follows.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { path } from '../scalars.ts'
import { plainUrl } from '../urls.ts'

export const pager = z
  .strictObject({
    url: plainUrl(['https', 'http'], {
      about:
        'The API of the pager (`api.listen` of `pager.yaml`). Without it the agent knows of no notification.',
      example: 'http://127.0.0.1:8421',
    })
      .nullable()
      .prefault(null),
    token_file: path({ about: 'File of its token; read anew for each request.' }).prefault(
      './secrets/pager.token',
    ),
    poll: duration({
      min: '100ms',
      max: '5m',
      about: 'How often it is asked for what was sent.',
    }).prefault('3s'),
  })
  .transform((s) => ({ url: s.url?.replace(/\/+$/, '') ?? null, tokenFile: s.token_file, pollMs: s.poll }))
