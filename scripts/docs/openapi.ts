// docs/openapi.json is the document that the agent serves, made from the declared endpoints.

import { apiDocument } from '../../agent/admin/reference/document.ts'

export function documents(): { file: string; text: string }[] {
  return [{ file: 'docs/openapi.json', text: `${JSON.stringify(apiDocument(), null, 1)}\n` }]
}
