import type { Generator } from '../generator.js'
import { checkNumber } from './argument.js'

/**
 * How often something happens that happens `mean` times on average: items of an order, retries, children.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a mean that is not above 0, or above a million
 */
export function poisson(mean: number): Generator<number> {
  checkNumber('poisson', 'mean', mean, Number.MIN_VALUE, 1_000_000)
  return {
    kind: 'poisson',
    spec: { kind: 'poisson', mean },
    bind: ({ draws: { unit } }) => {
      const quantile = poissonQuantile(mean)
      return { at: (row) => quantile(unit(row)) }
    },
  }
}

/** The count below which a share of `p` lies. */
export function poissonQuantile(mean: number): (p: number) => number {
  // Nine deviations on both sides: what is outside has less than 2^-53 of the mass.
  const reach = Math.ceil(9 * Math.sqrt(mean) + 30)
  const first = Math.max(0, Math.floor(mean) - reach)
  const last = Math.floor(mean) + reach
  const shares = new Float64Array(last - first + 1)
  let log = -mean
  for (let count = 1; count <= first; count += 1) log += Math.log(mean / count)
  let total = 0
  for (let count = first; count <= last; count += 1) {
    if (count > first) log += Math.log(mean / count)
    total += Math.exp(log)
    shares[count - first] = total
  }
  return (p) => {
    const wanted = p * total
    let low = 0
    let high = shares.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((shares[middle] ?? 1) <= wanted) low = middle + 1
      else high = middle
    }
    return first + low
  }
}
