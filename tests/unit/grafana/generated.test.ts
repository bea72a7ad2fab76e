// What Grafana is given is what grafana/src makes, and nothing is left over from before.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { documents, render } from '../../../scripts/docs/dashboards.ts'

const root = join(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

it('the dashboards and their page are as grafana/src makes them: otherwise npm run docs', () => {
  for (const { file, text } of documents()) expect(read(file) === text, file).toBe(true)
  expect(read('docs/dashboards.md') === render()).toBe(true)
})

it('nothing else lies in their folder', () => {
  const made = documents().map(({ file }) => file.split('/').at(-1))
  expect(readdirSync(join(root, 'grafana/dashboards')).sort()).toEqual(made.sort())
})

it('making them again changes nothing', () => {
  expect(documents()).toEqual(documents())
})
