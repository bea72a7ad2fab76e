// A file of tests begins with the real clock and the real environment, whatever the file before it left behind.

import { afterAll, beforeAll, vi } from 'vitest'

const zone = process.env.TZ

function real(): void {
  vi.useRealTimers()
  vi.restoreAllMocks()
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
}

beforeAll(real)
afterAll(real)
