// From the text of a filter to its terms; a field that there is not is answered with those there are.

import { suggest } from '../../config/suggest.ts'
import { scan } from './scan.ts'
import { type Fields, FilterError, type Term } from './terms.ts'
import { readMatches } from './values.ts'

/** Throws FilterError and nothing else. */
export function parseFilter(filter: string, fields: Fields): Term[] {
  return scan(filter).map(({ not, name, values }) => {
    if (name === null) return { not, text: values[0]?.text ?? '' }
    const field = Object.hasOwn(fields, name.text) ? fields[name.text] : undefined
    if (!field) throw unknownField(name.place, name.text, Object.keys(fields))
    return { not, field: name.text, any: values.flatMap((value) => readMatches(value, field)) }
  })
}

function unknownField(place: number, name: string, known: readonly string[]): FilterError {
  const near = suggest(name, known)
  const hint = near === null ? '' : `; did you mean ${near}?`
  return new FilterError(place, `found the field "${name.slice(0, 40)}", allowed: ${known.join(', ')}${hint}`)
}
