// A request to a provider, and what is known when it fails: whether it can have been read is the difference between a repetition and a duplicate.

import { boundedText } from '../../../agent/bounded-text.ts'

/** Nothing was written: there was nobody to write to. */
const before = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  // What Node says of a certificate that it does not take (docs of tls, "X509 certificate error codes").
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_CRL',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CRL_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CRL_NOT_YET_VALID',
  'CRL_HAS_EXPIRED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CRL_LAST_UPDATE_FIELD',
  'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'INVALID_CA',
  'PATH_LENGTH_EXCEEDED',
  'INVALID_PURPOSE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'HOSTNAME_MISMATCH',
])
/** Answers of providers are a few hundred bytes. */
const MAX_BYTES = 64 * 1024

export type Answer =
  | { answered: true; status: number; headers: Headers; body: string }
  /** @param written whether the provider may have it */
  | { answered: false; written: boolean; code: string }

export interface Asked {
  url: string
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string | URLSearchParams
}

/** Never rejects. */
export async function ask({ url, ...asked }: Asked, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  try {
    const response = await fetch(url, { ...asked, redirect: 'manual', signal: ends })
    const { status, headers } = response
    // The status has said what matters, so a body that breaks off is an empty one.
    const body = await boundedText(response, MAX_BYTES).catch(() => null)
    return { answered: true, status, headers, body: body?.text ?? '' }
  } catch (error) {
    const code = codeOf(error)
    return { answered: false, written: !before.has(code), code }
  }
}

function codeOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string; errors?: { code?: string }[] } }
  // A name with several addresses fails once for each.
  return cause?.code ?? cause?.errors?.[0]?.code ?? (name === 'TimeoutError' ? 'timeout' : (name ?? 'error'))
}
