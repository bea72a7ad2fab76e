// File + environment -> one checked, frozen Config, or one error that names every mistake.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseSource, type Source } from './document.ts'
import { type Overlay, overlay } from './environment.ts'
import type { Breach } from './list-rules.ts'
import { ConfigError, type Problem, pathText } from './problems.ts'
import { assemble, type Config } from './schema.ts'
import { Secret } from './secret.ts'
import { validate } from './validate.ts'

/** What the configuration is made from. */
export interface Inputs {
  /** The value of `--config`, when it was given. */
  path?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  /** Directory that a relative path starts from. */
  cwd: string
}

const defaultFile = 'linda.yaml'
const firstSteps =
  'a copy of linda.example.yaml with your accounts in it, or the path of another file after --config or in LINDA_CONFIG'
/** A thousand accounts take about 100 KB; nothing that is this long was written as a configuration. */
const maxBytes = 16 * 1024 * 1024

/** The file that the configuration is read from: `--config`, then LINDA_CONFIG, then linda.yaml. */
export function configFile({ path, env }: Inputs): { file: string; named: boolean } {
  const name = path || env.LINDA_CONFIG
  return name ? { file: name, named: true } : { file: defaultFile, named: false }
}

/** Throws ConfigError with every mistake that was found. */
export function loadConfig(inputs: Inputs): Config {
  const { file, named } = configFile(inputs)
  const source = readSource(resolve(inputs.cwd, file), file, named, firstSteps)
  const laid = overlay(source.values, inputs.env)
  const verdict = validate(laid.values)
  const problems = allProblems(source, laid, verdict.breaches)
  if (problems.length > 0 || verdict.parsed === null) throw new ConfigError(file, problems)
  const masterKey = inputs.env.LINDA_MASTER_KEY
  return freeze(assemble(verdict.parsed, masterKey ? new Secret(masterKey) : null))
}

/** What the file, the environment and the schema say against it, with the place of each. */
export function allProblems(source: Source, laid: Overlay, breaches: readonly Breach[]): Problem[] {
  const problems: Problem[] = [...source.problems, ...laid.problems]
  // What a file that is no YAML lacks is not worth a word.
  if (source.problems.length > 0) return problems
  for (const { path, found, allowed } of breaches) {
    const name = pathText(path)
    const variable = laid.variables.get(name)
    const line = variable === undefined ? source.lineOf(path) : undefined
    problems.push({ path: name, found, allowed, ...(line && { line }), ...(variable && { variable }) })
  }
  return problems
}

/**
 * Reads and parses the file. Throws ConfigError where it cannot be read; what is wrong inside it stands in the answer.
 * @param file how it is called in messages
 * @param named whether a person named it
 * @param firstSteps what to do where there is none and nobody named one
 */
export function readSource(absolute: string, file: string, named: boolean, firstSteps: string): Source {
  try {
    const bytes = readFileSync(absolute)
    if (bytes.length > maxBytes) throw fileProblem(file, `${bytes.length} bytes`, `at most ${maxBytes} bytes`)
    return parseSource(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' && !named) throw fileProblem(file, 'no such file here', firstSteps)
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw fileProblem(file, 'bytes that are no text', 'YAML in UTF-8')
    throw fileProblem(
      file,
      code === 'ENOENT' ? 'no such file' : `an unreadable file (${code})`,
      'a file that can be read',
    )
  }
}

function fileProblem(file: string, found: string, allowed: string): ConfigError {
  return new ConfigError(file, [{ path: '', found, allowed }])
}

/** Freezes the value and all that is in it. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part)
    Object.freeze(value)
  }
  return value
}
