// The document as one page for people: drawn here, without a script, readable on a phone, dark at night.

import type { documentOf } from '../contract/document.ts'
import type { ProblemKind } from '../contract/problems.ts'
import { exampleOf, type Schema, shapeOf } from './shape.ts'
import { style } from './style.ts'
import { text } from './text.ts'

type Doc = ReturnType<typeof documentOf>

interface Parameter {
  in: string
  name: string
  required?: boolean
  description?: string
  schema?: Schema
}

interface Answer {
  description: string
  content?: Record<string, { schema?: Schema }>
}

interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema; example?: object }> }
  responses: Record<string, Answer | { $ref: string }>
  'x-linda-role': string
  'x-linda-scope': string
}

export function referencePage(doc: Doc): string {
  const known = (doc.components?.schemas ?? {}) as Record<string, Schema>
  const refusals = (doc.components?.responses ?? {}) as Record<string, Answer>
  const operations = Object.entries(doc.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  )
  const tags = (doc.tags ?? []).filter(({ name }) => operations.some((o) => o.operation.tags.includes(name)))
  const sections = tags.map(
    ({ name, description = '' }) =>
      `<section id="${text(name)}"><h2>${text(name)}</h2><p>${prose(description)}</p>${operations
        .filter(({ operation }) => operation.tags.includes(name))
        .map((each) => entry(each, known, refusals))
        .join('')}</section>`,
  )
  const schemas = Object.entries(known).map(
    ([name, schema]) =>
      `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary><p>${prose(schema.description ?? '')}</p><pre>${shapeOf(schema, known, true)}</pre></details>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(doc.info.title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${text(doc.info.title)} <small>${text(doc.info.version)}</small></h1>
<p>${prose(doc.info.description ?? '')} The same for programs: <a href="/openapi.json">/openapi.json</a>.</p></header>
<nav>${[...tags.map(({ name }) => name), 'problems', 'schemas'].map((name) => `<a href="#${text(name)}">${text(name)}</a>`).join(' ')}</nav>
<main>${sections.join('\n')}
<section id="problems"><h2>problems</h2><p>Every error is ${prose('`application/problem+json`')}: the code is its title, and its instance is the id of the request.</p><dl>${problems(doc)}</dl></section>
<section id="schemas"><h2>schemas</h2>${schemas.join('\n')}</section></main>
</body>
</html>
`
}

function problems(doc: Doc): string {
  const kinds = (doc as { 'x-linda-problems'?: Record<string, ProblemKind> })['x-linda-problems'] ?? {}
  return Object.entries(kinds)
    .map(
      ([code, { status, meaning }]) =>
        `<dt><code>${text(code)}</code> <small>${status.join(' or ')}</small></dt><dd>${prose(meaning)}</dd>`,
    )
    .join('')
}

function entry(
  { path, method, operation }: { path: string; method: string; operation: Operation },
  known: Record<string, Schema>,
  refusals: Record<string, Answer>,
): string {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  const role = operation['x-linda-role'] === 'open' ? 'no token' : `${operation['x-linda-role']} and above`
  const scope = operation['x-linda-scope'] === 'fleet' ? ', of the whole fleet' : ''
  const body = requestBody?.content['application/json']?.schema
  return `<details id="${text(operationId)}"><summary><b class="${text(method)}">${text(method.toUpperCase())}</b> <code>${text(path)}</code> <span>${text(summary)}</span></summary>
<p class="role">${text(role + scope)} &middot; <code>${text(operationId)}</code></p>${description ? `<p>${prose(description)}</p>` : ''}
${parameters.length > 0 ? `<h3>Parameters</h3><dl>${parameters.map((each) => parameter(each, known)).join('')}</dl>` : ''}
${body ? `<h3>Body${requestBody?.required === false ? ', may be left out' : ''}</h3><pre>${shapeOf(body, known)}</pre><p>Example: <code>${text(JSON.stringify(requestBody?.content['application/json']?.example))}</code></p>` : ''}
<h3>Answers</h3><dl>${Object.entries(responses)
    .map(([status, answer]) => answerOf(status, named(answer, refusals), known))
    .join('')}</dl></details>`
}

function parameter(
  { in: where, name, required, description, schema }: Parameter,
  known: Record<string, Schema>,
): string {
  const example = exampleOf(schema, known)
  const more = [where, required ? 'required' : '', schema ? shapeOf(schema, known) : '']
  return `<dt><code>${text(name)}</code> <small>${more.filter(Boolean).join(', ')}</small></dt><dd>${prose(description ?? '')}${example ? ` Example: <code>${text(example)}</code>` : ''}</dd>`
}

function answerOf(
  status: string,
  { description, content = {} }: Answer,
  known: Record<string, Schema>,
): string {
  const shapes = Object.entries(content).map(([type, { schema }]) =>
    type === 'application/json' && schema
      ? `<pre>${shapeOf(schema, known)}</pre>`
      : `<p><small>${text(type)}</small></p>`,
  )
  const lines = description.split('\n\n').map((line) => `<p>${prose(line)}</p>`)
  return `<dt><b>${text(status)}</b></dt><dd>${lines.join('')}${shapes.join('')}</dd>`
}

function named(answer: Answer | { $ref: string }, refusals: Record<string, Answer>): Answer {
  if (!('$ref' in answer)) return answer
  return refusals[answer.$ref.split('/').at(-1) ?? ''] ?? { description: '' }
}

/** Words in backticks are code. */
function prose(words: string): string {
  return text(words).replace(/`([^`]+)`/g, '<code>$1</code>')
}
