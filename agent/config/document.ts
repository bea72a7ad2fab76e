// YAML becomes plain values and a way back from a path to its line; a file that is no YAML is one clear problem, not a crash.

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Problem } from './problems.ts'
import type { Path } from './tree.ts'

export interface Source {
  /** The file's plain values; empty after a syntax error. */
  values: Record<string, unknown>
  problems: Problem[]
  /** Line of the key or list item at the path, or of what is nearest above it. */
  lineOf(path: Path): number | undefined
}

/** More uses of aliases than any hand-written file has; what exceeds it is meant to exhaust memory. */
const maxAliasCount = 100

/** Reads YAML 1.2. Never throws. */
export function parseSource(text: string): Source {
  const lines = new LineCounter()
  const nothing: Source = { values: {}, problems: [], lineOf: () => undefined }
  try {
    const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
    if (doc.errors.length > 0) {
      const problems = doc.errors.map((error): Problem => {
        const { line, col } = lines.linePos(error.pos[0])
        return {
          path: '',
          line,
          found: `at column ${col}: ${withoutQuotes(error.message)}`,
          allowed: 'YAML 1.2',
        }
      })
      return { ...nothing, problems }
    }
    // A phone number without quotes reads as a number and would lose its plus sign.
    visit(doc, {
      Scalar(_, node) {
        if (typeof node.value === 'number' && node.source?.startsWith('+')) node.value = node.source
      },
    })
    const values: unknown = doc.toJS({ maxAliasCount }) ?? {}
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      return {
        ...nothing,
        problems: [{ path: '', found: 'no group of keys', allowed: 'keys such as accounts:' }],
      }
    const lineOf = (path: Path) => {
      const offset = offsetOf(doc.contents, path, (node) => (isAlias(node) ? node.resolve(doc) : node))
      return offset === undefined ? undefined : lines.linePos(offset).line
    }
    return { values: values as Record<string, unknown>, problems: [], lineOf }
  } catch (error) {
    // What the library throws here: too many aliases, aliases of nothing, nesting that exhausts the stack.
    const found =
      error instanceof ReferenceError ? 'aliases that cannot be followed' : 'nesting that is too deep'
    return {
      ...nothing,
      problems: [{ path: '', found, allowed: `YAML 1.2 with at most ${maxAliasCount} aliases` }],
    }
  }
}

/** The library's words without the piece of the file that they quote: it might be a secret. */
function withoutQuotes(message: string): string {
  return message.replace(/:? "(?:[^"\\]|\\.)*"/gs, '')
}

function offsetOf(root: unknown, path: Path, follow: (node: unknown) => unknown): number | undefined {
  let node = follow(root)
  let offset: number | undefined
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = follow(pair.value)
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step]
      offset = (item as Node | undefined)?.range?.[0] ?? offset
      node = follow(item)
    } else break
  }
  return offset
}
