// The types that the SDK publishes, used as a schema: its package holds no other one. A value is walked beside its type, and every difference is named.

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const dist = dirname(
  dirname(createRequire(import.meta.url).resolve('@grafana/grafana-foundation-sdk/dashboard')),
)
const fileOf = (module: string): string => join(dist, module, 'types.gen.d.ts')

export interface Schema {
  /** What does not fit, each with its path; empty when everything does. */
  misfits(value: unknown, module: string, name: string, path?: string): string[]
  has(module: string, name: string): boolean
}

/** Reads the types of the modules once; takes some seconds. */
export function readSchema(modules: readonly string[]): Schema {
  const program = ts.createProgram(modules.map(fileOf), { strict: true, skipLibCheck: true, noEmit: true })
  const checker = program.getTypeChecker()
  const declared = (module: string, name: string): ts.Type | undefined => {
    const source = program.getSourceFile(fileOf(module))
    const symbol = source && checker.getSymbolAtLocation(source)
    const exported = symbol && checker.getExportsOfModule(symbol).find((one) => one.name === name)
    return exported && checker.getDeclaredTypeOfSymbol(exported)
  }
  const misfits: Schema['misfits'] = (value, module, name, path = name) => {
    const type = declared(module, name)
    return type ? differences(value, type, path, checker) : [`${path}: no type ${name} in ${module}`]
  }
  return { misfits, has: (module, name) => declared(module, name) !== undefined }
}

function differences(value: unknown, type: ts.Type, path: string, checker: ts.TypeChecker): string[] {
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return []
  if (type.isUnion()) {
    const all = type.types.map((one) => ({ one, found: differences(value, one, path, checker) }))
    if (all.some(({ found }) => found.length === 0)) return []
    // Where none fits, what comes nearest says most; for an object that is another object.
    const near = all.filter(({ one }) => typeof value !== 'object' || plainName(one) === null)
    const [best] = (near.length > 0 ? near : all).sort((x, y) => x.found.length - y.found.length)
    return best?.found ?? []
  }
  if (type.isStringLiteral() || type.isNumberLiteral())
    return value === type.value ? [] : [`${path}: found ${JSON.stringify(value)}, allowed ${type.value}`]
  const plain = plainName(type)
  if (plain !== null) {
    const found = value === null ? 'null' : typeof value
    return found === plain || checker.typeToString(type) === String(value)
      ? []
      : [`${path}: found ${found}, allowed ${plain}`]
  }
  if (checker.isArrayType(type)) {
    if (!Array.isArray(value)) return [`${path}: found ${typeof value}, allowed a list`]
    const [element] = checker.getTypeArguments(type as ts.TypeReference)
    return element ? value.flatMap((one, i) => differences(one, element, `${path}[${i}]`, checker)) : []
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path}: found ${JSON.stringify(value)}, allowed an object`]
  return ofObject(value as Record<string, unknown>, type, path, checker)
}

function ofObject(
  value: Record<string, unknown>,
  type: ts.Type,
  path: string,
  checker: ts.TypeChecker,
): string[] {
  const all = checker.getPropertiesOfType(type)
  // A mark of the SDK for its compiler, which is never written: alone it stands for a query of any data source.
  const properties = all.filter(({ name }) => !name.startsWith('_implements'))
  if (all.length > 0 && properties.length === 0) return []
  const rest = checker.getIndexTypeOfType(type, ts.IndexKind.String)
  const named = new Map(properties.map((property) => [property.name, property]))
  const missing = properties
    .filter(({ name, flags }) => !(flags & ts.SymbolFlags.Optional) && !(name in value))
    .map(({ name }) => `${path}: ${name} is missing`)
  const wrong = Object.entries(value).flatMap(([name, one]) => {
    const property = named.get(name)
    const inside = property ? checker.getTypeOfSymbol(property) : rest
    return inside ? differences(one, inside, `${path}.${name}`, checker) : [`${path}: ${name} is unknown`]
  })
  return [...missing, ...wrong]
}

function plainName({ flags }: ts.Type): string | null {
  if (flags & ts.TypeFlags.StringLike) return 'string'
  if (flags & ts.TypeFlags.NumberLike) return 'number'
  if (flags & ts.TypeFlags.BooleanLike) return 'boolean'
  if (flags & ts.TypeFlags.Null) return 'null'
  if (flags & ts.TypeFlags.Undefined) return 'undefined'
  return null
}
