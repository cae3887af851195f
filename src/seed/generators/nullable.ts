import { prepareGenerator, type Bound, type Generator } from '../generator.js'
import { checkNumber } from './argument.js'

/**
 * NULL in a share of the rows, else what `generator` gives.
 *
 * @param fraction from 0 (never) to 1 (always)
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for a fraction outside 0 to 1
 */
export function nullable<T>(fraction: number, generator: Generator<T>): Generator<T | null> {
  checkNumber('nullable', 'fraction', fraction, 0, 1)
  return {
    kind: 'nullable',
    spec: { kind: 'nullable', fraction, of: generator.spec },
    ...(generator.prepare === undefined
      ? {}
      : { prepare: async (context) => nullable(fraction, await prepareGenerator(generator, context)) }),
    bind: (context) => {
      const { at, pool, isSorted: _, ...rest } = generator.bind(context)
      const { unit } = context.draws.fork('null')
      const bound: Bound<T | null> = { ...rest, at: (row) => (unit(row) < fraction ? null : at(row)) }
      if (pool === undefined) return bound
      return { ...bound, pool: { values: pool.values, index: (row) => (unit(row) < fraction ? -1 : pool.index(row)) } }
    },
  }
}
