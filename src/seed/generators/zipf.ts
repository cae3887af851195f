import type { Generator } from '../generator.js'
import { checkList, checkNumber, checkWhole } from './argument.js'
import { permutationOf } from './order-key.js'
import { createZipfIndexes } from './zipf-ranks.js'

export interface ZipfOptions<T = number> {
  /** How many different values: 1 to `values`, or the values themselves. */
  readonly values: number | readonly T[]
  /** How much the first ones dominate: 0 is uniform, 1 the classic law. @default 1 */
  readonly exponent?: number
}

/**
 * A few values are frequent and many are rare, as customers, products and words are: the value of rank r comes in proportion to 1 / r^exponent.
 * Which value has which rank is drawn too, so the hot ones are not 1, 2, 3; `hottest` knows them.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for no values, or an exponent outside 0 to 10
 */
export function zipf<const T = number>(options: ZipfOptions<T>): Generator<T> {
  const { values, exponent = 1 } = options
  if (typeof values === 'number') checkWhole('zipf', 'values', values, 1)
  else checkList('zipf', 'values', values)
  checkNumber('zipf', 'exponent', exponent, 0, 10)
  const size = typeof values === 'number' ? values : values.length
  // Without a list the values are numbers, and so is T.
  const valueOf = typeof values === 'number' ? (index: number) => (index + 1) as T : (index: number) => values[index] as T
  return {
    kind: 'zipf',
    spec: { kind: 'zipf', values: typeof values === 'number' ? values : values.map((value) => JSON.stringify(value)), exponent },
    bind: ({ draws }) => {
      const permutation = permutationOf(draws, size)
      const index = createZipfIndexes(size, exponent, draws, permutation)
      return {
        at: (row) => valueOf(index(row)),
        distinct: size,
        hottest: (count) => Array.from({ length: Math.min(count, size) }, (_, position) => valueOf(permutation(position))),
        ...(typeof values === 'number' ? {} : { pool: { values, index } }),
      }
    },
  }
}
