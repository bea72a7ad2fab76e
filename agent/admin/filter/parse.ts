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
    const any = values.flatMap((value) => readMatches(value, field))
    // The same twice says nothing more, and a star stands for every word each time.
    return {
      not,
      field: name.text,
      any: [...new Map(any.map((match) => [JSON.stringify(match), match])).values()],
    }
  })
}

function unknownField(place: number, name: string, known: readonly string[]): FilterError {
  const near = suggest(name, known)
  const hint = near === null ? '' : `; did you mean ${near}?`
  return new FilterError(place, `found the field "${name.slice(0, 40)}", allowed: ${known.join(', ')}${hint}`)
}
