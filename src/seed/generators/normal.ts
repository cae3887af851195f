import type { Generator } from '../generator.js'
import { checkNumber, checkOrder, checkWhole, wrongArgument } from './argument.js'
import { normalQuantile, normalShare } from './normal-quantile.js'

/** Where a bell curve is cut and how its values are rounded. */
export interface CurveOptions {
  /** Nothing below: the curve is cut, values do not pile up at the edge. @default no limit */
  readonly min?: number
  /** Nothing above. @default no limit */
  readonly max?: number
  /** Digits after the point. @default all that a double has */
  readonly decimals?: number
}

export interface NormalOptions extends CurveOptions {
  readonly mean: number
  /** Standard deviation. */
  readonly deviation: number
}

/**
 * The bell curve.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a deviation of 0 or less, or a cut that leaves nothing
 */
export function normal(options: NormalOptions): Generator<number> {
  const { mean, deviation } = options
  checkNumber('normal', 'mean', mean)
  checkNumber('normal', 'deviation', deviation, Number.MIN_VALUE)
  return curve(
    'normal',
    { mean, deviation },
    options,
    (z) => mean + deviation * z,
    (value) => (value - mean) / deviation,
  )
}

export type LognormalOptions = CurveOptions &
  (
    | {
        /** Half of the values are below. */
        readonly median: number
        /** 99 of 100 values are below. */
        readonly p99: number
      }
    | {
        /** Mean of the logarithm. */
        readonly mu: number
        /** Standard deviation of the logarithm. */
        readonly sigma: number
      }
  )

const QUANTILE_99 = 2.3263478740408408

/**
 * Positive values with a long tail: amounts, durations, sizes.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a median of 0 or less, a p99 not above it, or a cut that leaves nothing
 */
export function lognormal(options: LognormalOptions): Generator<number> {
  if ('median' in options) {
    checkNumber('lognormal', 'median', options.median, Number.MIN_VALUE)
    checkNumber('lognormal', 'p99', options.p99)
    checkOrder('lognormal', 'median', 'p99', options.median * (1 + Number.EPSILON), options.p99)
  } else {
    checkNumber('lognormal', 'mu', options.mu)
    checkNumber('lognormal', 'sigma', options.sigma, Number.MIN_VALUE)
  }
  const mu = 'median' in options ? Math.log(options.median) : options.mu
  const sigma = 'median' in options ? Math.log(options.p99 / options.median) / QUANTILE_99 : options.sigma
  const toZ = (value: number): number => (value <= 0 ? -Infinity : (Math.log(value) - mu) / sigma)
  return curve('lognormal', { mu, sigma }, options, (z) => Math.exp(mu + sigma * z), toZ)
}

function curve(
  kind: string,
  shape: Readonly<Record<string, number>>,
  { min, max, decimals }: CurveOptions,
  fromZ: (z: number) => number,
  toZ: (value: number) => number,
): Generator<number> {
  if (min !== undefined) checkNumber(kind, 'min', min)
  if (max !== undefined) checkNumber(kind, 'max', max)
  if (decimals !== undefined) checkWhole(kind, 'decimals', decimals, 0, 15)
  const low = min === undefined ? 0 : normalShare(toZ(min))
  const high = max === undefined ? 1 : normalShare(toZ(max))
  checkOrder(kind, 'min', 'max', min ?? -Infinity, max ?? Infinity)
  if (high - low < 1e-9) throw wrongArgument(kind, min === undefined ? 'max' : 'min', 'where the curve has values', min ?? max)
  const round = 10 ** (decimals ?? 0)
  const clamp = (value: number): number => Math.min(max ?? Infinity, Math.max(min ?? -Infinity, value))
  return {
    kind,
    spec: { kind, ...shape, min, max, decimals },
    bind: ({ draws: { unit } }) => ({
      at:
        decimals === undefined
          ? (row) => clamp(fromZ(normalQuantile(low + (unit(row) + 2 ** -54) * (high - low))))
          : (row) => clamp(Math.round(fromZ(normalQuantile(low + (unit(row) + 2 ** -54) * (high - low))) * round) / round),
    }),
  }
}
