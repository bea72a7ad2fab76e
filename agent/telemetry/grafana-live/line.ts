// InfluxDB line protocol: whatever stands in a name or a value, one point is one line and is read back as it was written.

/** A bigint becomes an integer, a number a float; a field keeps its type, because a frame's column has one. */
export type Field = number | bigint | string | boolean

export interface Point {
  measurement: string
  tags: Readonly<Record<string, string>>
  fields: Readonly<Record<string, Field>>
  /** Milliseconds since the epoch. */
  at: number
}

/**
 * The line without its line feed, in nanoseconds. Null where nothing can be said: no field is a finite number, a word or a truth.
 * Empty tags are left out, as the protocol has none; line feeds become blanks.
 */
export function lineOf({ measurement, tags, fields, at }: Point): string | null {
  const tagged = Object.entries(tags)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `,${escapeKey(key)}=${escapeKey(value)}`)
  const values = Object.entries(fields).flatMap(([key, value]) => {
    const text = textOf(value)
    return text === null ? [] : [`${escapeKey(key)}=${text}`]
  })
  if (values.length === 0) return null
  const nanoseconds = BigInt(Math.round(at)) * 1_000_000n
  return `${escapeName(measurement)}${tagged.join('')} ${values.join(',')} ${nanoseconds}`
}

function textOf(value: Field): string | null {
  if (typeof value === 'bigint') return `${value}i`
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  if (typeof value === 'boolean') return String(value)
  return `"${oneLine(value).replace(/["\\]/g, '\\$&')}"`
}

/** A backslash before a blank, a comma or an equals sign would escape it: it becomes a slash. */
function escapeKey(text: string): string {
  return oneLine(text).replaceAll('\\', '/').replace(/[ ,=]/g, '\\$&')
}

function escapeName(text: string): string {
  return oneLine(text).replaceAll('\\', '/').replace(/[ ,]/g, '\\$&')
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ')
}
