// history: how long events are kept, and the InfluxDB that keeps them when there is one.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { flag, path, text } from '../scalars.ts'
import { url } from '../urls.ts'

const influx = z
  .strictObject({
    url: url(['http', 'https'], {
      about: 'Address of an InfluxDB 1.x server.',
      example: 'http://influxdb:8086',
    }),
    database: text({ about: 'Name of its database.' }).prefault('linda'),
    username: text({ about: 'Name to log in with, where the server asks for one.', example: 'linda' })
      .nullable()
      .prefault(null),
    password_file: path({ about: 'File that holds the password.', example: './secrets/influx.password' })
      .nullable()
      .prefault(null),
    manage_schema: flag({
      about:
        'Whether the agent creates the database, its retention and its downsampling. InfluxDB 2 and 3 need false.',
    }).prefault(true),
  })
  .transform((s) => ({
    url: s.url,
    database: s.database,
    username: s.username,
    passwordFile: s.password_file,
    manageSchema: s.manage_schema,
  }))

export const history = z
  .strictObject({
    influx: influx.nullable().prefault(null),
    retention: duration({ min: '1d', max: '3650d', about: 'How long single events are kept.' }).prefault(
      '30d',
    ),
  })
  .transform((s) => ({ influx: s.influx, retentionMs: s.retention }))
