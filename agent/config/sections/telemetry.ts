// telemetry: what is logged and where traces go.

import { z } from 'zod'
import { oneOf, text } from '../scalars.ts'
import { url } from '../urls.ts'

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
  })
  .transform((s) => ({ otlpEndpoint: s.otlp_endpoint, logLevel: s.log_level, serviceName: s.service_name }))
