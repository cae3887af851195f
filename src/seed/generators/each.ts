import type { Faker } from '@faker-js/faker'
import { createDraws, randomKey } from '../../primitives/random.js'
import { loadFaker } from '../faker.js'
import type { Generator } from '../generator.js'
import { wrongArgument } from './argument.js'
import { specOf } from './one-of.js'
import { unprepared } from './pool.js'

/** Values that stand for all in the fingerprint. */
const SAMPLED = 16

/**
 * A value that faker makes anew for each row. Costs what faker costs, 0.1 to 15 µs a row, where the load itself takes 0.6: use `pool` where
 * a few thousand different values are enough. The function must depend on nothing else than its arguments.
 *
 * @example
 * each((faker) => faker.internet.userName())
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for no function
 */
export function each<T>(make: (faker: Faker, row: number) => T): Generator<T> {
  if (typeof make !== 'function') throw wrongArgument('each', 'make', 'a function of faker', make)
  const source = make.toString()
  return {
    kind: 'each',
    spec: { kind: 'each', source },
    bind: unprepared('each'),
    prepare: async ({ seed, epochMs: preparedMs }) => {
      const { version, createRowFaker } = await loadFaker()
      const { faker, standAt } = createRowFaker(createDraws(randomKey(seed, 'each', source)), preparedMs)
      const sample = Array.from({ length: SAMPLED }, (_, row) => {
        standAt(row)
        return make(faker, row)
      })
      return {
        kind: 'each',
        spec: { kind: 'each', source, faker: version, sample: specOf(sample) },
        bind: ({ draws, epochMs }) => {
          const rowFaker = createRowFaker(draws, epochMs)
          return {
            at: (row) => {
              rowFaker.standAt(row)
              return make(rowFaker.faker, row) ?? null
            },
          }
        },
      }
    },
  }
}
