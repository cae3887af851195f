import type { Generator } from '../generator.js'
import { checkNumber, checkOrder, checkWhole } from './argument.js'
import { checkMoment, type Moment } from './moment.js'

export interface UniformOptions {
  readonly min: number
  /** Included. */
  readonly max: number
  /** Digits after the point. @default 0, whole numbers */
  readonly decimals?: number
}

/**
 * Numbers of a range, each as likely as any other.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a range that is empty or too wide to be exact
 */
export function uniform(options: UniformOptions): Generator<number> {
  const { min, max, decimals = 0 } = options
  checkWhole('uniform', 'decimals', decimals, 0, 15)
  checkNumber('uniform', 'min', min)
  checkNumber('uniform', 'max', max)
  checkOrder('uniform', 'min', 'max', min, max)
  const unit = 10 ** decimals
  const first = Math.ceil(min * unit)
  const last = Math.floor(max * unit)
  checkWhole('uniform', 'min', first)
  checkWhole('uniform', 'max', last)
  const distinct = last - first + 1
  checkWhole('uniform', 'max', distinct, 1)
  return {
    kind: 'uniform',
    spec: { kind: 'uniform', min, max, decimals },
    bind: ({ draws: { below } }) => ({
      at: decimals === 0 ? (row) => first + below(row, distinct) : (row) => (first + below(row, distinct)) / unit,
      distinct,
    }),
  }
}

/**
 * Numbers of a range with all the digits a double has.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a range that is empty
 */
export function uniformFloat(options: { readonly min: number; readonly max: number }): Generator<number> {
  const { min, max } = options
  checkNumber('uniformFloat', 'min', min)
  checkNumber('uniformFloat', 'max', max)
  checkOrder('uniformFloat', 'min', 'max', min, max)
  return {
    kind: 'uniformFloat',
    spec: { kind: 'uniformFloat', min, max },
    bind: ({ draws: { unit } }) => ({ at: (row) => min + unit(row) * (max - min) }),
  }
}

/**
 * Moments of a span of time, to the microsecond, in no order. Rows in order of time: see `growth`.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for what is no time, or an end before the start
 */
export function uniformTime(options: { readonly from: Moment; readonly to: Moment }): Generator<number> {
  const from = checkMoment('uniformTime', 'from', options.from)
  const to = checkMoment('uniformTime', 'to', options.to)
  checkOrder('uniformTime', 'from', 'to', from, to)
  return {
    kind: 'uniformTime',
    spec: { kind: 'uniformTime', from, to },
    bind: ({ draws: { unit } }) => ({ at: (row) => Math.floor((from + unit(row) * (to - from)) * 1000) / 1000, isTime: true }),
  }
}
