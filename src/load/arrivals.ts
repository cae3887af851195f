import { createDraws, randomKey } from '../primitives/random.js'
import type { LoadModel } from './load-report.js'

/** When the requests of the open model are due, one after the other. */
export interface Arrivals {
  /** When the next one is due, in milliseconds since the start. */
  readonly dueMs: () => number
  readonly advance: () => void
}

/**
 * `fixed`: evenly spaced. `poisson`: the gaps are exponential, as between users who know nothing of each other, so several come at once now
 * and then; the same for the same seed.
 */
export function createArrivals({ ratePerSecond, arrivals, seed }: Extract<LoadModel, { kind: 'open' }>): Arrivals {
  const gapMs = 1000 / ratePerSecond
  let index = 0
  if (arrivals === 'fixed') return { dueMs: () => index * gapMs, advance: () => void (index += 1) }
  const { unit } = createDraws(randomKey('arrivals', seed))
  const gap = (): number => -Math.log(1 - unit(index)) * gapMs
  let dueMs = gap()
  return {
    dueMs: () => dueMs,
    advance: () => {
      index += 1
      dueMs += gap()
    },
  }
}
