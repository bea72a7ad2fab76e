// Draws that depend only on the seed and on what is drawn, never on the order in which anybody asks.
import { createHash } from 'node:crypto'

export type Key = readonly (string | number)[]

const digest = (seed: number, key: Key): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([seed, ...key]))
    .digest()

/** Uniform in (0, 1); never exactly 0, so that its logarithm exists. */
export function uniform(seed: number, key: Key): number {
  return (digest(seed, key).readUIntBE(0, 6) + 0.5) / 2 ** 48
}

export function gaussian(seed: number, key: Key): number {
  const bytes = digest(seed, key)
  const radius = Math.sqrt(-2 * Math.log((bytes.readUIntBE(0, 6) + 0.5) / 2 ** 48))
  return radius * Math.cos((2 * Math.PI * bytes.readUIntBE(6, 6)) / 2 ** 48)
}

export function lognormal(seed: number, key: Key, median: number, sigma: number): number {
  return median * Math.exp(sigma * gaussian(seed, key))
}

export function pick<T>(seed: number, key: Key, items: readonly T[]): T | undefined {
  return items[Math.floor(uniform(seed, key) * items.length)]
}

export function hex(seed: number, key: Key, length: number): string {
  return digest(seed, key).toString('hex').slice(0, length).toUpperCase()
}
