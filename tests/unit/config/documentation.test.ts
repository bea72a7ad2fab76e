// docs/configuration.md is what the schema makes of itself, it names every key, and what it gives as defaults and examples is accepted.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { at, scalars } from '../../../agent/config/tree.ts'
import { validate } from '../../../agent/config/validate.ts'
import { render } from '../../../scripts/docs/configuration.ts'

const committed = readFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8')

it('is committed as it is made', () => {
  expect(committed, 'run npm run docs').toBe(render())
})

it('tells every key of the example at the root', () => {
  const example = parse(readFileSync(join(import.meta.dirname, '../../../linda.example.yaml'), 'utf8'))
  for (const [section, keys] of Object.entries<object>(example))
    for (const key of Object.keys(Array.isArray(keys) ? keys[0] : keys)) {
      expect(committed).toContain(`## ${section}\n`)
      expect(committed).toContain(`| \`${key}\` |`)
    }
})

it.each([...scalars()].map(({ path, key }) => [path.join('.'), path, key] as const))(
  '%s has a description, and its default or example is accepted',
  (_, path, key) => {
    expect(key.about?.about).toMatch(/^[A-Z"].*[.]$/)
    const value = key.about?.example === undefined ? key.fallback : parse(key.about.example)
    const [section = '', ...rest] = path
    const values = rest.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
    const { breaches } = validate({ [section]: values })
    const own = breaches.filter((breach) => breach.path.join('.') === path.join('.'))
    expect(own).toEqual([])
    expect(at(path)?.about).toEqual(key.about)
  },
)
