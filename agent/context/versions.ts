// Which versions run: Linda's, Node's and the WhatsApp library's.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export function readVersions(): {
  labels: { version: string; node_version: string; baileys_version: string }
} {
  const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const baileys = createRequire(import.meta.url)('@whiskeysockets/baileys/package.json') as {
    version: string
  }
  return {
    labels: { version: own.version, node_version: process.versions.node, baileys_version: baileys.version },
  }
}
