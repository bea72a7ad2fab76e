// Writes every generated document: scripts/docs/NAME.ts, which exports render(), makes docs/NAME.md; one that exports documents() makes several. With --check it only compares.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** A generated document: where it is kept and what it should hold. */
export interface Document {
  file: string
  text: string
}

/** Every document that a script under scripts/docs makes, in the order of their names. */
export async function documents(): Promise<Document[]> {
  const scripts = (await readdir(join(root, 'scripts/docs'))).filter((name) => name.endsWith('.ts')).sort()
  const made = await Promise.all(
    scripts.map(async (name) => {
      const { render, documents } = (await import(join(root, 'scripts/docs', name))) as {
        render?(): string | Promise<string>
        documents?(): Document[]
      }
      const one = render && { file: `docs/${name.replace(/\.ts$/, '.md')}`, text: await render() }
      return [...(one ? [one] : []), ...(documents?.() ?? [])]
    }),
  )
  return made.flat()
}

/** The documents whose file differs from what its script makes now. */
export async function stale(): Promise<Document[]> {
  const kept = async ({ file }: Document) => readFile(join(root, file), 'utf8').catch(() => null)
  const all = await documents()
  const texts = await Promise.all(all.map(kept))
  return all.filter(({ text }, index) => text !== texts[index])
}

if (import.meta.main) {
  const old = await stale()
  if (process.argv.includes('--check')) {
    for (const { file } of old)
      console.error(`${file} differs from what scripts/docs makes: run npm run docs`)
    process.exitCode = old.length === 0 ? 0 : 1
  } else {
    for (const { file, text } of old) {
      await writeFile(join(root, file), text)
      console.log(`wrote ${file}`)
    }
  }
}
