// telemetry: what is logged and where traces go.

import { z } from 'zod'
import { leaf, type Told } from '../leaf.ts'
import { oneOf, path, text } from '../scalars.ts'
import { plainUrl, url } from '../urls.ts'

/** A part of the name of a channel of Grafana's live streams. */
function channelName(told: Told) {
  return leaf(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), {
    type: 'text',
    allowed: '1 to 64 letters, digits, "_" and "-"',
    ...told,
  })
}

const grafanaLive = z
  .strictObject({
    url: plainUrl(['https', 'http'], {
      about: 'The Grafana that is told of every change of state and score at once.',
      example: 'http://grafana:3000',
    }),
    token_file: path({
      about: 'File of a token of one of its service accounts. Read for every request.',
      example: './secrets/grafana-live.token',
    }),
    stream: channelName({
      about: 'The stream: panels read the channels `stream/<stream>/state` and `stream/<stream>/score`.',
    }).prefault('linda'),
  })
  .transform((s) => ({ url: s.url, tokenFile: s.token_file, stream: s.stream }))

export const telemetry = z
  .strictObject({
    otlp_endpoint: url(['http', 'https'], {
      about: 'Base address of an OTLP/HTTP collector. Without one no trace leaves the process.',
      example: 'http://tempo:4318',
    })
      .nullable()
      .prefault(null),
    log_level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      about: 'Log lines below this level are not written.',
    }).prefault('info'),
    service_name: text({ about: 'The `service.name` of traces.' }).prefault('linda'),
    grafana_live: grafanaLive.nullable().prefault(null),
  })
  .transform((s) => ({
    otlpEndpoint: s.otlp_endpoint,
    logLevel: s.log_level,
    serviceName: s.service_name,
    grafanaLive: s.grafana_live,
  }))
