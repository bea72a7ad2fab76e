// How a command trusts and is trusted over TLS: LINDA_CA_FILE, LINDA_CERT_FILE and LINDA_KEY_FILE.

import { readFileSync } from 'node:fs'
import { createSecureContext, getCACertificates } from 'node:tls'
import { Agent } from 'undici'
import { AskError } from './ask-error.ts'
import type { CommandIo } from './io.ts'

/** What `fetch` is to be given; undefined where nothing is set. Throws AskError with status 2. */
export function dispatcherOf(io: CommandIo): Agent | undefined {
  const { LINDA_CA_FILE: caFile, LINDA_CERT_FILE: certFile, LINDA_KEY_FILE: keyFile } = io.env
  if (!caFile && !certFile && !keyFile) return undefined
  if (!certFile !== !keyFile) {
    const [missing, other] = certFile
      ? ['LINDA_KEY_FILE', 'LINDA_CERT_FILE']
      : ['LINDA_CERT_FILE', 'LINDA_KEY_FILE']
    throw new AskError(`${missing}: found nothing, allowed: a file, because ${other} names one`, 2)
  }
  const files = {
    // Beside the ones that are trusted anyway, so that a proxy in between with a public certificate goes on working.
    ...(caFile && { ca: [...getCACertificates('default'), read('LINDA_CA_FILE', caFile)] }),
    ...(certFile && { cert: read('LINDA_CERT_FILE', certFile) }),
    ...(keyFile && { key: read('LINDA_KEY_FILE', keyFile) }),
  }
  try {
    createSecureContext(files)
  } catch (error) {
    throw new AskError(
      `LINDA_CA_FILE, LINDA_CERT_FILE, LINDA_KEY_FILE: found what cannot be used (${(error as Error).message}), allowed: PEM files, and a key that is the certificate's`,
      2,
    )
  }
  return new Agent({ connect: files })
}

function read(name: string, file: string): string {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('-----BEGIN ')) return text
  } catch (error) {
    throw new AskError(`${name}: cannot read ${file}: ${(error as Error).message}`, 2)
  }
  throw new AskError(`${name}: found ${file}, which is no PEM file, allowed: a file with -----BEGIN in it`, 2)
}
