// What somebody answers to an SMS: the numbers that may be meant, and how often a wrong answer is worth one.

/** Nobody means more than that. */
const MOST = 8
/** Where the digits of a script begin that our recipients type: Arabic, Persian and Hindi ones. */
const zeros = [0x0660, 0x06f0, 0x0966]
/** Answers to wrong replies, each of which is paid for: a phone that answers by itself would go on for ever. */
const WRONG_AN_HOUR = 3
const HOUR_MS = 3_600_000

/** The numbers of four digits, each once, in their order: `OK3073`, `at 1800 3073`, `٣٠٧٣`. */
export function codesIn(text: string): string[] {
  const latin = text.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => {
    const at = digit.codePointAt(0) as number
    const zero = zeros.find((zero) => at >= zero && at < zero + 10)
    return zero === undefined ? digit : String(at - zero)
  })
  return [...new Set(latin.match(/(?<!\d)\d{4}(?!\d)/g))].slice(0, MOST)
}

/** How often whom was told within the last hour that his reply is no good. */
export class WrongReplies {
  #told = new Map<string, number[]>()

  /** Whether he is told once more. @param now milliseconds of a clock that nobody sets */
  mayTell(who: string, now: number): boolean {
    const recent = (this.#told.get(who) ?? []).filter((at) => now - at < HOUR_MS)
    const may = recent.length < WRONG_AN_HOUR
    this.#told.set(who, may ? [...recent, now] : recent)
    return may
  }
}
