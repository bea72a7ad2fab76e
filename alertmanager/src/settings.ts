// alertmanager/settings.yaml as checked values: the addresses that differ from house to house, apart from the rules that do not.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parseSource } from '../../agent/config/document.ts'
import { abouts, leaf } from '../../agent/config/leaf.ts'
import { address } from '../../agent/config/mail.ts'
import { ConfigError, type Problem, pathText, show } from '../../agent/config/problems.ts'
import { flag, text } from '../../agent/config/scalars.ts'
import type { Path } from '../../agent/config/tree.ts'
import { plainUrl } from '../../agent/config/urls.ts'

/** A base address that a path is put after: no slash at its end. */
const base = (about: string, schemes: readonly string[]) =>
  plainUrl(schemes, { about }).transform((url) => url.replace(/\/+$/, ''))

const smarthost = leaf(z.string().regex(/^[A-Za-z0-9.-]+:\d{1,5}$/), {
  type: 'address',
  allowed: 'host:port, such as smtp.sendgrid.net:587',
  about: 'The mail server that takes the mails.',
})

/** Alertmanager takes some relative paths from its configuration and others from where it was started. */
const folder = leaf(z.string().regex(/^\/[^\0]*$/), {
  type: 'path',
  allowed: 'an absolute path, such as /etc/alertmanager/secrets',
  about: 'The folder of the secrets, as Alertmanager sees it.',
})

const channel = leaf(z.string().regex(/^[#@]?[^\s<>&]{1,80}$/u), {
  type: 'channel',
  allowed: 'a channel such as "#linda-alerts", in quotes',
  about: 'Where on Slack.',
})

const schema = z.strictObject({
  links: z.strictObject({
    runbooks: base('Where docs/runbooks/ can be read.', ['https', 'http']),
    grafana: base('Where Grafana is.', ['https', 'http']),
  }),
  secrets: folder,
  slack: z.strictObject({ channel }),
  email: z.strictObject({
    to: z
      .array(address({ about: 'Who gets the mails.' }))
      .min(1)
      .max(50),
    from: address({ about: 'The sender.' }),
    smarthost,
    username: text({ about: 'Name to log in with.' }).nullable(),
    require_tls: flag({ about: 'Whether a mail server without STARTTLS is refused.' }),
  }),
  pager: z.strictObject({ url: base('The API listener of the pager.', ['http', 'https']) }),
})

export type Settings = z.infer<typeof schema>

const file = 'alertmanager/settings.yaml'

/** Throws ConfigError, which names every mistake with its line, what was found and what is allowed. */
export function readSettings(source: string): Settings {
  const { values, problems, lineOf } = parseSource(source)
  if (problems.length > 0) throw new ConfigError(file, problems)
  const result = schema.safeParse(values)
  if (result.success) return result.data
  const told = result.error.issues.flatMap((issue): Problem[] => {
    const at = issue.path as Path
    const places = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...at, key]) : [at]
    return places.map((place) => {
      const line = lineOf(place)
      return {
        path: pathText(place),
        found: issue.code === 'unrecognized_keys' ? 'an unknown key' : show(valueAt(values, place)),
        allowed: allowedAt(issue.code === 'unrecognized_keys' ? at : place),
        ...(line === undefined ? {} : { line }),
      }
    })
  })
  throw new ConfigError(file, told)
}

/** What stands in the file now. */
export const settings: Settings = readSettings(
  readFileSync(join(import.meta.dirname, '../settings.yaml'), 'utf8'),
)

function valueAt(values: unknown, place: Path): unknown {
  return place.reduce<unknown>(
    (value, step) => (value as Record<string | number, unknown> | null)?.[step],
    values,
  )
}

function allowedAt(place: Path): string {
  const found = place.reduce<z.ZodType | undefined>((at, step) => {
    if (at instanceof z.ZodObject) return at.shape[step as string] as z.ZodType
    return at instanceof z.ZodArray ? (at.element as z.ZodType) : undefined
  }, schema)
  const bare = inner(found)
  const about = bare && abouts.get(bare)
  if (about) return found instanceof z.ZodNullable ? `${about.allowed}, or null` : about.allowed
  if (bare instanceof z.ZodObject) return Object.keys(bare.shape).join(', ')
  return bare instanceof z.ZodArray ? 'a list with 1 to 50 entries' : 'something else'
}

/** Without what was put around the schema that has the description. */
function inner(type: z.ZodType | undefined): z.ZodType | undefined {
  if (type instanceof z.ZodNullable) return inner(type.unwrap() as z.ZodType)
  return type instanceof z.ZodPipe ? inner(type.in as z.ZodType) : type
}
