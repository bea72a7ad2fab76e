// A trace file becomes a trace, or one error that names its first bad lines and how many there are.

import { type LineProblem, parseLine, shortened } from '../../pairing/backtest/line.ts'
import { Trace } from '../../pairing/backtest/trace.ts'
import { type NumberedLine, numberedLines } from './lines.ts'

/** The caller asked for something that cannot be replayed; one mistake per line of the message. */
export class BacktestError extends Error {}

/** More would scroll the first ones, which usually explain the rest, off the screen. */
const shownProblems = 5

/** @param account only its people; all when undefined. Rejects with BacktestError. */
export async function readTrace(file: string, path: string, account?: string): Promise<Trace> {
  const trace = new Trace()
  const seen = new Set<string>()
  const problems: string[] = []
  let bad = 0
  const take = ({ number, text, whole }: NumberedLine) => {
    if (text.trim() === '') return
    const line = whole ? parseLine(text) : tooLong(text)
    if ('found' in line) {
      bad += 1
      if (problems.length < shownProblems)
        problems.push(`${file}:${number}: found ${line.found}, allowed: ${line.allowed}`)
      return
    }
    seen.add(line.account)
    if (account === undefined || line.account === account) trace.add(line)
  }
  try {
    for await (const lines of numberedLines(path)) lines.forEach(take)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const found = code === 'ENOENT' ? 'no such file' : `an unreadable file (${code})`
    throw new BacktestError(`${file}: found ${found}, allowed: a file with one attempt per line`)
  }
  if (bad > problems.length)
    problems.push(`${file}: and ${bad - problems.length} more bad lines, ${bad} in all`)
  if (bad > 0) throw new BacktestError(problems.join('\n'))
  if (seen.size === 0)
    throw new BacktestError(`${file}: found no attempt, allowed: one per line, at least one`)
  if (trace.length === 0)
    throw new BacktestError(`--account: found ${shortened(account ?? '')}, allowed: ${those(seen)}`)
  return trace
}

function tooLong(text: string): LineProblem {
  return { found: shortened(text), allowed: 'a line of at most 10000 characters' }
}

function those(accounts: ReadonlySet<string>): string {
  const names = [...accounts].sort()
  const more = names.length - shownProblems
  const shown = names.slice(0, shownProblems).map(shortened).join(', ')
  return `an account of the trace: ${shown}${more > 0 ? ` and ${more} more` : ''}`
}
