// A schema in a few lines that people can read, with links to the named ones.

import { text } from './text.ts'

export interface Schema {
  $ref?: string
  'x-linda-fields'?: boolean
  type?: string | string[]
  description?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | boolean
  minimum?: number
  maximum?: number
  default?: unknown
  example?: unknown
  examples?: unknown[]
}

/** HTML. @param open whether the outermost name is taken apart */
export function shapeOf(schema: Schema, known: Record<string, Schema>, open = false, depth = 0): string {
  if (schema.$ref !== undefined && !open) {
    const name = text(schema.$ref.split('/').at(-1) ?? '')
    return `<a href="#schema-${name}">${name}</a>`
  }
  // A row with some of its fields is that row.
  if (schema['x-linda-fields'] && schema.anyOf?.[0]) return shapeOf(schema.anyOf[0], known, false, depth)
  const either = schema.anyOf ?? schema.oneOf
  if (either) return either.map((each) => shapeOf(each, known, false, depth)).join(' | ')
  if (schema.enum) return schema.enum.map((value) => text(JSON.stringify(value))).join(' | ')
  if (schema.const !== undefined) return text(JSON.stringify(schema.const))
  if (schema.properties) return objectOf(schema, known, depth)
  if (schema.items) return `[ ${shapeOf(schema.items, known, false, depth)} ]`
  if (typeof schema.additionalProperties === 'object')
    return `{ NAME: ${shapeOf(schema.additionalProperties, known, false, depth)} }`
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'anything')
  const { minimum: least, maximum: most } = schema
  const bounded = most !== undefined && most < Number.MAX_SAFE_INTEGER ? ` ${least ?? ''}..${most}` : ''
  const usual = schema.default === undefined ? '' : `, usually ${JSON.stringify(schema.default)}`
  return text(`${type}${bounded}${usual}`)
}

function objectOf({ properties = {}, required = [] }: Schema, known: Record<string, Schema>, depth: number) {
  const indent = '  '.repeat(depth + 1)
  const lines = Object.entries(properties).map(([name, value]) => {
    const sign = required.includes(name) ? '' : '?'
    return `${indent}${text(name)}${sign}: ${shapeOf(value, known, false, depth + 1)}`
  })
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

/** Empty where the schema has none. */
export function exampleOf(schema: Schema | undefined, known: Record<string, Schema>): string {
  if (schema?.$ref !== undefined) return exampleOf(known[schema.$ref.split('/').at(-1) ?? ''], known)
  const example = schema?.example ?? schema?.examples?.[0]
  return example === undefined ? '' : String(example)
}
