// File + environment -> one checked, frozen PagerConfig, or one error that names every mistake.

import { resolve } from 'node:path'
import { overlay } from '../../../agent/config/environment.ts'
import { allProblems, freeze, type Inputs, readSource } from '../../../agent/config/load.ts'
import { ConfigError } from '../../../agent/config/problems.ts'
import { unique, validateSections } from '../../../agent/config/validate.ts'
import { breaches } from './rules.ts'
import { type PagerConfig, type Parsed, sections } from './schema.ts'

const defaultFile = 'pager.yaml'
const firstSteps =
  'a copy of pager.example.yaml with your people in it, or the path of another file after --config or in PAGER_CONFIG'

/** The file that the configuration is read from: `--config`, then PAGER_CONFIG, then pager.yaml. */
export function pagerFile({ path, env }: Pick<Inputs, 'path' | 'env'>): { file: string; named: boolean } {
  const name = path || env.PAGER_CONFIG
  return name ? { file: name, named: true } : { file: defaultFile, named: false }
}

/** Throws ConfigError with every mistake that was found. */
export function loadPagerConfig(inputs: Inputs): PagerConfig {
  const { file, named } = pagerFile(inputs)
  const source = readSource(resolve(inputs.cwd, file), file, named, firstSteps)
  const laid = overlay(source.values, inputs.env, { prefix: 'PAGER_', root: sections })
  const { parsed, breaches: found } = validateSections(sections, laid.values)
  const all = unique([...found, ...breaches(parsed as Partial<Parsed>)])
  const problems = allProblems(source, laid, all)
  if (problems.length > 0) throw new ConfigError(file, problems)
  return freeze(parsed as Parsed) as PagerConfig
}
