// One bad file per rule: each is refused with the message that its first line expects, and with no other.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../agent/config/load.ts'
import { ConfigError } from '../../../agent/config/problems.ts'

const folder = join(import.meta.dirname, 'bad')
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))

function refusal(path: string): ConfigError {
  try {
    loadConfig({ path, env: {}, cwd: folder })
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error(`${path} was accepted`)
}

describe('a bad configuration', () => {
  it.each(files)('%s', (file) => {
    const [first = ''] = readFileSync(join(folder, file), 'utf8').split('\n', 1)
    const expected = first.replace('# expect: ', '')
    const error = refusal(file)
    const place = /^\d/.test(expected) ? `${file}:` : `${file}: `
    expect(error.message.startsWith(`${place}${expected}`), error.message).toBe(true)
    if (!file.startsWith('yaml-')) expect(error.problems).toHaveLength(1)
  })
})
