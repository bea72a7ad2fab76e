// Every text that the pager can say, once in each language; what a text may be given is the same in all of them.

import type { Locale } from '../words.ts'
import { ar } from './ar.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { hi } from './hi.ts'
import { id } from './id.ts'
import { pt } from './pt.ts'

/** What each text may be given. */
export interface Given {
  connectionLost: { where: string; next: number }
  qrRegenerationFailed: { where: string }
  healthDropped: { where: string }
  agentDown: { where: string }
  heartbeatLost: Record<never, never>
  test: Record<never, never>
  /** Any other alert; `summary` is as Prometheus has it. */
  other: { issue: string; where: string; summary: string }
  resolved: { issue: string; where: string }
  again: { headline: string }
  worse: { headline: string }
  several: { count: number }
  fleet: Record<never, never>
  action: { action: string }
  runbook: { link: string }
  link: { link: string }
  reply: { code: string }
  press: Record<never, never>
  thanks: Record<never, never>
  over: Record<never, never>
  wrongKey: Record<never, never>
  wrongReply: Record<never, never>
  button: Record<never, never>
  title: { issue: string }
}

export type TextKey = keyof Given
export type Texts = Readonly<Record<TextKey, string>>

export const texts: Readonly<Record<Locale, Texts>> = { en, ar, es, pt, hi, id }
