// A file of tests begins with the real clock, environment and folder, and no tracing, whatever the file before it left behind.

import { context, propagation, trace } from '@opentelemetry/api'
import { afterAll, beforeAll, vi } from 'vitest'

const environment = { ...process.env }
const folder = process.cwd()

function real(): void {
  vi.useRealTimers()
  vi.restoreAllMocks()
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
  if (process.cwd() !== folder) process.chdir(folder)
  for (const api of [trace, context, propagation]) api.disable()
}

beforeAll(real)
afterAll(real)
