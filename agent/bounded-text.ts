// What another server answers is read up to a bound.

/**
 * The body as text, up to `most` bytes; `whole` is false where there was more. Rejects where the body breaks off. Leaving the loop cancels
 * what is left.
 */
export async function boundedText(
  response: Response,
  most: number,
): Promise<{ text: string; whole: boolean }> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    parts.push(part)
    size += part.length
    if (size > most) break
  }
  return { text: Buffer.concat(parts).subarray(0, most).toString(), whole: size <= most }
}
