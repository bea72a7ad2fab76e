// The stack as docker compose reads it: YAML with merges, and variables from .env.example or their defaults.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { composeFile, type Service } from './schema.ts'

export const root = join(import.meta.dirname, '../../..')
export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The lines of .env.example that count. */
export const example: Readonly<Record<string, string>> = Object.fromEntries(
  read('.env.example')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
)

/** Puts in what `${NAME:-default}` stands for; `$$` is a dollar sign. Throws where a name has neither a value nor a default. */
export function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\{([A-Z_]+)(?::-([^}]*))?\})/g, (all, name, fallback) => {
    if (all === '$$') return '$'
    const value = env[name] || fallback
    if (value === undefined) throw new Error(`${all} has no value`)
    return value
  })
}

function compose(env: Readonly<Record<string, string>>) {
  const put = (value: unknown): unknown => {
    if (typeof value === 'string') return interpolate(value, env)
    if (Array.isArray(value)) return value.map(put)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, put(each)]))
  }
  return composeFile.parse(put(parse(read('docker-compose.yml'), { merge: true })))
}

export const raw = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }
export const stack = compose(example)
/** As it is where there is no .env at all. */
export const withoutEnv = compose({})
export const services = Object.entries(stack.services)

export function serviceOf(name: string): Service {
  const found = stack.services[name]
  if (!found) throw new Error(`there is no service ${name}`)
  return found
}

/** The file of the checkout, or of what `npm run secrets` makes, that a service sees under this path. */
export function hostPath(service: Service, path: string): string {
  const mount = service.volumes.find(({ target }) => path === target || path.startsWith(`${target}/`))
  if (!mount) throw new Error(`${path} is not mounted`)
  return `${mount.source}${path.slice(mount.target.length)}`.replace(/^\.\//, '')
}
