// The document as it is served and committed.

import { documentOf } from '../contract/document.ts'
import { endpoints, frames, tags } from '../endpoints/index.ts'

/** Grows when a shape changes: the second figure with what is added, the first with what breaks callers. */
const VERSION = '1.0.0'

let made: ReturnType<typeof documentOf> | null = null

/** Made when it is first asked for. */
export function apiDocument(): ReturnType<typeof documentOf> {
  made ??= documentOf(endpoints, tags, VERSION, frames)
  return made
}
