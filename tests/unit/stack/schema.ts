// The part of the compose specification that docker-compose.yml uses, strictly: a misspelt key is a mistake, as it is for docker compose.

import { z } from 'zod'

const words = z.array(z.string())
const test = z.tuple([z.literal('CMD')], z.string())
const duration = z.string().regex(/^\d+(ms|s|m|h)$/)
const bytes = z.string().regex(/^\d+[kmg]$/i)

const mount = z.strictObject({
  type: z.literal('bind'),
  source: z.string().startsWith('./'),
  target: z.string().startsWith('/'),
  read_only: z.literal(true).optional(),
  // Docker would make a folder of root's where there is nothing.
  bind: z.strictObject({ create_host_path: z.literal(false) }),
})

const service = z.strictObject({
  profiles: words.optional(),
  build: z.strictObject({ context: z.literal('.'), target: z.string() }).optional(),
  image: z.string(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  user: z.string(),
  read_only: z.boolean(),
  cap_drop: words,
  security_opt: words,
  tmpfs: words,
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  init: z.boolean().optional(),
  stop_grace_period: duration.optional(),
  shm_size: bytes.optional(),
  // And no network_mode: who shares another container's network loses it when that one is started again.
  networks: words,
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
        required: z.boolean().optional(),
      }),
    )
    .optional(),
  entrypoint: words.optional(),
  command: words.optional(),
  // Anything but a text would be read by YAML before docker compose sees it.
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).default({}),
  ports: words.default([]),
  volumes: z.array(mount).default([]),
  healthcheck: z.strictObject({
    test,
    interval: duration,
    timeout: duration,
    start_period: duration,
    retries: z.int().positive(),
  }),
  deploy: z.strictObject({
    resources: z.strictObject({
      limits: z.strictObject({
        cpus: z.string().regex(/^\d+(\.\d+)?$/),
        memory: bytes,
        pids: z.int().positive(),
      }),
    }),
  }),
})

export const composeFile = z
  .strictObject({
    name: z.string(),
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  })
  .loose()
  .refine((file) =>
    Object.keys(file).every((key) => ['name', 'services', 'networks'].includes(key) || key.startsWith('x-')),
  )

export type Service = z.infer<typeof service>
