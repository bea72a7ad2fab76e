// Text that every channel can carry: no half characters, nothing that XML forbids, and never cut in the middle of a letter.

/** Control characters but tab and line ends, and what is no character at all. */
const forbidden = /[\p{Cc}\p{Noncharacter_Code_Point}]/gu

/** Without what a call or a push message cannot carry. */
export function plain(text: string): string {
  return text.toWellFormed().replace(forbidden, (each) => (/[\t\n\r]/.test(each) ? each : ' '))
}

/** The beginning of it, in code points: an emoji at the end is whole or not there. */
export function cutText(text: string, longest: number): string {
  if (text.length <= longest) return text
  let end = 0
  let count = 0
  for (const each of text) {
    if (count++ === longest) break
    end += each.length
  }
  return text.slice(0, end)
}
