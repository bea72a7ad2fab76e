// A tag's value is one piece of the line it stands in, whatever the text is, and comes back as that text.

/**
 * The client escapes commas, blanks and equal signs, and no newline, backslash or empty text: a newline would begin a line of its own, a
 * backslash before a comma would end the tag, and the server refuses a tag without value. They are written like the bytes of a URL, and
 * the empty text as a bare percent sign, which nothing else becomes.
 */
export function encodeTag(text: string): string {
  if (text === '') return '%'
  return text.replace(/[\p{Cc}\\%]/gu, encodeURIComponent)
}

/** The inverse. A text that no encodeTag made, because somebody else wrote it, is answered as it is. */
export function decodeTag(text: string): string {
  if (text === '%') return ''
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
