// A configured webhook with its secrets; a secret file that cannot be used ends the start with words that do not show it.

import { readFileSync } from 'node:fs'
import type { WebhookConfig } from '../config/schema.ts'
import { Secret } from '../config/secret.ts'

export interface Target extends Omit<WebhookConfig, 'secretFile'> {
  /** The first signs alone until there is a second, which replaces it. */
  readonly secrets: readonly Secret[]
}

/** Throws WebhookError that names the file and what it should hold. */
export function openTarget({ secretFile, ...webhook }: WebhookConfig): Target {
  return { ...webhook, secrets: secretsOf(secretFile, `webhooks: secret_file of ${webhook.id}`) }
}

/**
 * The secrets of a file; none where there is no file. Throws WebhookError.
 * @param whose for the error, as `webhooks: secret_file of crm`
 */
export function secretsOf(secretFile: string | null, whose: string): Secret[] {
  if (secretFile === null) return []
  const where = `${whose}: `
  let text: string
  try {
    text = readFileSync(secretFile, 'utf8')
  } catch (error) {
    throw new WebhookError(`${where}cannot read ${secretFile} (${(error as NodeJS.ErrnoException).code})`)
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines.length < 1 || lines.length > 2 || !lines.every((line) => /^[!-~]{16,256}$/.test(line)))
    throw new WebhookError(
      `${where}found ${secretFile} with ${lines.length} lines, allowed: one or two lines of 16 to 256 visible ASCII characters without blanks`,
    )
  return lines.map((line) => new Secret(line))
}

/** A webhook cannot be used as it is configured. */
export class WebhookError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WebhookError'
  }
}
