// The colours of every dashboard by what they mean: one colour says one thing everywhere.

export const colours = {
  good: 'green',
  attention: 'yellow',
  warning: 'orange',
  bad: 'red',
  /** Bad, and nothing mends it by itself. */
  ended: 'dark-red',
  /** Somebody must do something, and nothing is broken. */
  person: 'blue',
  busy: 'super-light-yellow',
  /** Nothing is asked of it. */
  off: 'text',
  plain: 'light-blue',
} as const

export type Meaning = keyof typeof colours

/** From which value on a colour holds; the first one holds from the lowest value. */
export type Steps = readonly (readonly [from: number | null, meaning: Meaning])[]

/** Good below, bad from the given values on. */
export function rising(warning: number, bad: number): Steps {
  return [
    [null, 'good'],
    [warning, 'warning'],
    [bad, 'bad'],
  ]
}

/** Bad below, good from the last value on. */
export function falling(warning: number, good: number): Steps {
  return [
    [null, 'bad'],
    [warning, 'warning'],
    [good, 'good'],
  ]
}

/** Nothing is good, anything else is bad. */
export function none(meaning: Meaning = 'bad', from = 1): Steps {
  return [
    [null, 'good'],
    [from, meaning],
  ]
}

/** A figure that is neither good nor bad. */
export const plain: Steps = [[null, 'plain']]
