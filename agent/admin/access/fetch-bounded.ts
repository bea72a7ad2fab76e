// What another server answers is read up to a bound, within a time, and never from anywhere but where it was asked.

import { boundedText } from '../../bounded-text.ts'

/** A set of a hundred RSA keys takes about 50 kB. */
const MOST_BYTES = 256 * 1024

/** The text of a 200. Rejects for everything else: another status, a redirect, too much, too late. */
export async function fetchBounded(
  url: string,
  { headers, signal }: { headers?: Headers; signal: AbortSignal },
): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal, ...(headers && { headers }) })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`${url} answered ${response.status}`)
  }
  const { text, whole } = await boundedText(response, MOST_BYTES)
  if (!whole) throw new Error(`${url} answered more than ${MOST_BYTES} bytes`)
  return text
}
