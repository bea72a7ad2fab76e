// So many requests of one caller in a time, whatever they ask; the next ones are told when to come back.

import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from '../problem.ts'

export interface RateConfig {
  /** On average. */
  readonly perSecond: number
  /** At once. */
  readonly burst: number
}

export class RateLimit {
  #limiter: RateLimiterMemory
  #config: RateConfig

  constructor(config: RateConfig) {
    this.#config = config
    // Each window lets a burst through, and is as long as the average needs.
    this.#limiter = new RateLimiterMemory({
      points: config.burst,
      duration: config.burst / config.perSecond,
    })
  }

  /**
   * Counts a request. Rejects with Problem `rate` when it is one too many.
   * @param onFirst called for the first one too many of each window
   */
  async take(key: string, onFirst: () => void): Promise<void> {
    try {
      await this.#limiter.consume(key)
    } catch (error) {
      const { msBeforeNext, consumedPoints } = error as RateLimiterRes
      if (msBeforeNext === undefined) throw error
      const { burst, perSecond } = this.#config
      if (consumedPoints === burst + 1) onFirst()
      const headers = { 'retry-after': String(Math.max(1, Math.ceil(msBeforeNext / 1000))) }
      const detail = `more than ${burst} requests at once, or ${perSecond} a second for long; see admin.rate_limit`
      throw new Problem(429, 'rate', detail, headers)
    }
  }
}
