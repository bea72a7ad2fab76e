// store: where state is kept and whether it is encrypted there.

import { z } from 'zod'
import { oneOf, path } from '../scalars.ts'
import { storeUrl } from '../urls.ts'

export const store = z
  .strictObject({
    url: storeUrl({
      about: 'The database: a file of this machine, or a PostgreSQL server that several processes share.',
      example: 'postgres://linda@db.example:5432/linda',
    }).prefault('sqlite:./data/linda.db'),
    master_key_file: path({
      about: 'File that holds the key which wraps all others. `LINDA_MASTER_KEY` goes before it.',
    }).prefault('./secrets/master.key'),
    encryption: oneOf(['on', 'off'], {
      about: 'Whether credentials and keys are encrypted at rest.',
    }).prefault('on'),
  })
  .transform((s) => ({ url: s.url, masterKeyFile: s.master_key_file, encryption: s.encryption }))
