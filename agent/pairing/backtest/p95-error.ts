// How far what a policy had learned was from the truth, before each attempt from the 300th on.

import { median } from 'simple-statistics'
import type { ScanTimeAnalyzer } from '../learning/analyzer.ts'
import type { WindowDecision } from '../learning/policy.ts'
import type { Person } from './trace.ts'
import { type Judged, judgedFrom, TrailingP95 } from './true-p95.ts'

interface Book {
  attempts: number
  truth: TrailingP95
}

const fleet = ''

export class P95Error {
  #judged: Judged
  #books = new Map<string, Book>()
  #errors: number[] = []

  constructor(judged: Judged) {
    this.#judged = judged
  }

  /** To be called before the person's attempt is told to the analyzer. A policy that cannot say counts as wrong by the whole. */
  meet({ account, scanMs }: Person, decision: WindowDecision, analyzer: ScanTimeAnalyzer): void {
    const judged = this.#judged
    if (judged.by === 'account' && !judged.accounts.has(account)) return
    const book = this.#book(judged.by === 'account' ? account : fleet)
    book.attempts += 1
    const truth = book.truth.value
    if (book.attempts >= judgedFrom && truth !== null && truth > 0) {
      const { p95Ms } = judged.by === 'account' ? decision : analyzer.fleetWindow()
      this.#errors.push(p95Ms === null ? 1 : Math.abs(p95Ms - truth) / truth)
    }
    if (scanMs !== null) book.truth.add(scanMs)
  }

  /** The median share of the truth, from 0; null when no attempt was judged. */
  get median(): number | null {
    return this.#errors.length === 0 ? null : median(this.#errors)
  }

  #book(name: string): Book {
    let book = this.#books.get(name)
    if (!book) {
      book = { attempts: 0, truth: new TrailingP95() }
      this.#books.set(name, book)
    }
    return book
  }
}
