// The parameters that every list takes, made from one description of the list: filter, sort, limit, cursor and fields.

import { z } from 'zod'
import { suggest } from '../../config/suggest.ts'
import { parseFilter } from '../filter/parse.ts'
import { type Fields, FilterError, mostCharacters, type Term } from '../filter/terms.ts'
import { whole } from '../schemas/scalars.ts'

export interface ListSpec {
  /** What can be filtered by. */
  readonly filters: Fields
  /** Orders that there are, the usual one first; with a minus the largest comes first. `place` is the order of the configuration. */
  readonly sorts: readonly [string, ...string[]]
  /** Names of the answer's fields that can be asked for alone. */
  readonly fields: readonly string[]
  /** Rows of one answer: as many as that where nothing is asked for, and at most. */
  readonly limit: { readonly usual: number; readonly most: number }
}

/** What is asked of a list. */
export interface ListQuery {
  filter?: Term[] | undefined
  sort?: string | undefined
  limit: number
  cursor?: string | undefined
  fields?: string[] | undefined
}

/** A text that is terms over these fields; what is no filter is a mistake that says what is allowed. */
export function filterOver(fields: Fields) {
  return z.string().transform((text, ctx): Term[] => {
    try {
      return parseFilter(text, fields)
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      ctx.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

/** Beside `filter` there may be parameters of the list's own: extend it. */
export function listQuery(spec: ListSpec) {
  const { filters, sorts, fields, limit } = spec
  const [first] = sorts
  return z.strictObject({
    filter: filterOver(filters)
      .optional()
      .meta({
        description: `Terms that must all hold, such as \`field:value\`, \`-field:a,b\`, \`number:<80\`, \`time:2026-11-20..2026-11-21\`, \`text:uae-*\` or \`"free text"\`. Fields: ${Object.entries(
          filters,
        )
          .map(([name, field]) => `\`${name}\` (${kindOf(field)})`)
          .join(', ')}.`,
        override: { type: 'string', maxLength: mostCharacters },
      }),
    sort: z
      .enum(sorts as [string, ...string[]], { error: `allowed: ${sorts.join(', ')}` })
      .default(first)
      .meta({
        description: 'The order; with a minus the largest comes first. What is not known comes last.',
      }),
    limit: whole(1, limit.most)
      .default(limit.usual)
      .meta({ description: 'Rows of one answer at most.', override: wholeOf(limit) }),
    cursor: z.string().optional().meta({
      description: 'Goes on after an earlier answer: its `nextCursor`, with the same sort and filter.',
    }),
    fields: z
      .string()
      .transform((text, ctx) => {
        const names = text.split(',')
        for (const name of names)
          if (!fields.includes(name)) {
            const near = suggest(name, fields)
            const hint = near === null ? '' : `; did you mean ${near}?`
            ctx.addIssue({
              code: 'custom',
              message: `found "${name.slice(0, 40)}", allowed: ${fields.join(', ')}${hint}`,
            })
            return z.NEVER
          }
        return names
      })
      .optional()
      .meta({
        description: `Only these fields of each row, with commas between them: ${fields.map((name) => `\`${name}\``).join(', ')}.`,
        override: { type: 'string' },
      }),
  })
}

function wholeOf({ usual, most }: ListSpec['limit']) {
  return { type: 'integer', minimum: 1, maximum: most, default: usual } as const
}

function kindOf({ type, words }: Fields[string]): string {
  if (type === 'word') return `one of ${words?.join(', ')}`
  return { text: 'text', number: 'number', time: 'time', flag: 'true or false' }[type]
}
