// Colours for people only: none where the output is no screen, where NO_COLOR asks for none, or where the terminal knows none.

import { styleText } from 'node:util'
import type { CommandIo } from './io.ts'

export type Colour = 'green' | 'yellow' | 'red' | 'dim'

/** Paints a word, or leaves it as it is. An empty NO_COLOR counts as none, as no-color.org has it. */
export type Paint = (colour: Colour | null, text: string) => string

export function painter({ screen, env }: Pick<CommandIo, 'screen' | 'env'>): Paint {
  const plain = !screen || Boolean(env.NO_COLOR) || env.TERM === 'dumb'
  return (colour, text) =>
    plain || colour === null ? text : styleText(colour, text, { validateStream: false })
}
