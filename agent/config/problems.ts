// Every mistake says where it is, what was found and what is allowed, and none of them shows a password.

import type { Path } from './tree.ts'
import { hideCredentials } from './urls.ts'

/** One mistake in the configuration. */
export interface Problem {
  /** `accounts[3].phone`; empty when the file as a whole is meant. */
  path: string
  found: string
  allowed: string
  /** Line of the file, from 1. */
  line?: number
  /** The environment variable that the value came from. */
  variable?: string
}

/** The configuration cannot be used; `problems` has every reason, `message` has one per line. */
export class ConfigError extends Error {
  readonly file: string
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((problem) => format(file, problem)).join('\n'))
    this.name = 'ConfigError'
    this.file = file
    this.problems = problems
  }
}

/** `linda.yaml:12: accounts[3].phone: found "12345", allowed: E.164, for example +971505760056` */
export function format(file: string, problem: Problem): string {
  const where = problem.variable ?? (problem.line === undefined ? file : `${file}:${problem.line}`)
  const path = problem.path === '' ? '' : ` ${problem.path}:`
  return `${where}:${path} found ${problem.found}, allowed: ${problem.allowed}`
}

/** A path as people write it. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

/** A value as it is shown in a message: short, and without the credentials of a URL. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a group of keys'
  const text = typeof value === 'string' ? JSON.stringify(hideCredentials(value)) : String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
