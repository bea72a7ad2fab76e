// A filter in the form that reads back as the same terms.

import type { Fields, Match, Range, Term } from '../../../../agent/admin/filter/terms.ts'

export function printFilter(terms: readonly Term[], fields: Fields): string {
  return terms
    .map((term) => {
      const sign = term.not ? '-' : ''
      if (!('field' in term)) return `${sign}${quote(term.text)}`
      const isTime = fields[term.field]?.type === 'time'
      return `${sign}${term.field}:${term.any.map((match) => printMatch(match, isTime)).join(',')}`
    })
    .join(' ')
}

function printMatch(match: Match, isTime: boolean): string {
  if (match.op === 'any') return '*'
  if (match.op === 'is') return typeof match.value === 'boolean' ? String(match.value) : quote(match.value)
  if (match.op === 'like') return `${match.before ? '*' : ''}${match.text}${match.after ? '*' : ''}`
  return printRange(match, (n) => (isTime ? new Date(n).toISOString() : String(n)))
}

function printRange({ least, most, above, below }: Range, show: (n: number) => string): string {
  if (above !== undefined) return `>${show(above)}`
  if (below !== undefined) return `<${show(below)}`
  if (least !== undefined && least === most) return show(least)
  if (least !== undefined && most !== undefined) return `${show(least)}..${show(most)}`
  return least === undefined ? `<=${show(most ?? 0)}` : `>=${show(least)}`
}

function quote(text: string): string {
  return /^\w[\w.+@/-]*$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}
