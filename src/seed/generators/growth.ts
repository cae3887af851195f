import type { Generator } from '../generator.js'
import { checkList, checkNumber, checkOrder, wrongArgument } from './argument.js'
import { checkMoment, type Moment } from './moment.js'

export interface GrowthOptions {
  /** The first row is at or after it. */
  readonly from: Moment
  /** The last row is before it. @default the dataset's epoch */
  readonly to?: Moment
  /**
   * - `linear`: as many rows in each day.
   * - `exponential`: the rate is `factor` times as high at the end as at the start.
   * - `seasonal`: by hour of the day and day of the week (UTC), and growing by `factor`.
   *
   * @default 'linear'
   */
  readonly shape?: 'linear' | 'exponential' | 'seasonal'
  /** The rate at the end over the rate at the start. @default 10 for exponential, 1 for seasonal */
  readonly factor?: number
  /** 24 weights, from midnight UTC, for seasonal. @default quiet nights, busiest in the evening */
  readonly hours?: readonly number[]
  /** 7 weights, from Sunday, for seasonal. @default a little more at the weekend */
  readonly weekdays?: readonly number[]
}

const HOURS = [3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 12, 11, 10, 10, 11, 13, 15, 17, 18, 16, 11, 6]
const WEEKDAYS = [6, 5, 5, 5, 5, 6, 7]
const HOUR_MS = 3_600_000
/** A hundred years of hours. */
const MAX_HOURS = 876_600

/**
 * Time that grows with the row, as `created_at` of a table that is only appended to: row order is order of time, which is what gives an index
 * on it its correlation. To the microsecond.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for what is no time, an end before the start, or weights that are none
 */
export function growth(options: GrowthOptions): Generator<number> {
  const { shape = 'linear', hours = HOURS, weekdays = WEEKDAYS } = options
  if (shape !== 'linear' && shape !== 'exponential' && shape !== 'seasonal') {
    throw wrongArgument('growth', 'shape', "'linear', 'exponential' or 'seasonal'", shape)
  }
  const factor = options.factor ?? (shape === 'exponential' ? 10 : 1)
  checkNumber('growth', 'factor', factor, 1e-9, 1e9)
  checkWeights('hours', hours, 24)
  checkWeights('weekdays', weekdays, 7)
  const from = checkMoment('growth', 'from', options.from)
  const end = options.to === undefined ? undefined : checkMoment('growth', 'to', options.to)
  if (end !== undefined) checkOrder('growth', 'from', 'to', from, end)
  return {
    kind: 'growth',
    spec: { kind: 'growth', from, to: end, shape, factor, hours, weekdays },
    bind: ({ rows, draws: { unit }, epochMs }) => {
      const to = end ?? epochMs
      checkOrder('growth', 'from', 'to', from, to)
      const span = to - from
      const quantile = shape === 'seasonal' ? seasonalQuantile(from, to, factor, hours, weekdays) : exponentialQuantile(factor)
      const isEven = shape === 'linear'
      return {
        // One row to each of `rows` equal shares of the whole, somewhere in it: sorted, and yet no comb.
        at: (row) => {
          const share = (row + unit(row)) / rows
          return Math.floor((from + (isEven ? share : quantile(share)) * span) * 1000) / 1000
        },
        isSorted: true,
        isTime: true,
      }
    },
  }
}

/** Of a rate that is e^(kt) at t from 0 to 1, with e^k = factor. */
function exponentialQuantile(factor: number): (share: number) => number {
  const k = Math.log(factor)
  return Math.abs(k) < 1e-9 ? (share) => share : (share) => Math.log1p(share * (factor - 1)) / k
}

/** Of a rate that is constant within each hour. */
function seasonalQuantile(
  from: number,
  to: number,
  factor: number,
  hours: readonly number[],
  weekdays: readonly number[],
): (share: number) => number {
  const count = Math.max(1, Math.ceil((to - from) / HOUR_MS))
  if (count > MAX_HOURS)
    throw wrongArgument('growth', 'from', 'at most 100 years before the end for the seasonal shape', new Date(from).toISOString())
  const sums = new Float64Array(count + 1)
  for (let index = 0; index < count; index += 1) {
    const hour = Math.floor(from / HOUR_MS) + index
    const day = Math.floor(hour / 24)
    const weight = (hours[hour - day * 24] ?? 0) * (weekdays[(((day + 4) % 7) + 7) % 7] ?? 0) * factor ** (index / count)
    sums[index + 1] = (sums[index] ?? 0) + weight
  }
  const total = sums[count] ?? 0
  if (total === 0) throw wrongArgument('growth', 'hours', 'weights that leave some time between from and to', hours)
  const limit = 1 - Number.EPSILON
  return (share) => {
    const wanted = share * total
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle + 1] ?? 0) <= wanted) low = middle + 1
      else high = middle
    }
    const start = sums[low] ?? 0
    const weight = (sums[low + 1] ?? 0) - start
    return Math.min(limit, (low + (weight === 0 ? 0 : (wanted - start) / weight)) / count)
  }
}

function checkWeights(option: string, weights: readonly number[], count: number): void {
  checkList('growth', option, weights)
  if (weights.length !== count || weights.every((weight) => weight === 0))
    throw wrongArgument('growth', option, `${count} weights, not all 0`, weights)
  for (const [index, weight] of weights.entries()) checkNumber('growth', `${option}[${index}]`, weight, 0)
}
