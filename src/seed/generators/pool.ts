import type { Faker } from '@faker-js/faker'
import { HotbedError } from '../../primitives/error.js'
import { createDraws, randomKey } from '../../primitives/random.js'
import { loadFaker } from '../faker.js'
import type { Generator } from '../generator.js'
import { checkWhole, wrongArgument } from './argument.js'
import { specOf } from './one-of.js'

/**
 * Values that faker makes `size` times, once, and that the rows then draw from: as fast as `oneOf`. The sampled values are part of the dataset's
 * fingerprint, so another version of faker that makes others is another dataset.
 *
 * @example
 * pool((faker) => faker.commerce.productName(), 2000)
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for no function, or a size outside 1 to a million
 */
export function pool<T>(sample: (faker: Faker) => T, size: number): Generator<T> {
  if (typeof sample !== 'function') throw wrongArgument('pool', 'sample', 'a function of faker', sample)
  checkWhole('pool', 'size', size, 1, 1_000_000)
  const source = sample.toString()
  return {
    kind: 'pool',
    spec: { kind: 'pool', source, size },
    bind: unprepared('pool'),
    prepare: async ({ seed, epochMs }) => {
      const { createRowFaker } = await loadFaker()
      const { faker, standAt } = createRowFaker(createDraws(randomKey(seed, 'pool', source)), epochMs)
      const values = Array.from({ length: size }, (_, row) => {
        standAt(row)
        return sample(faker)
      })
      return sampled(values)
    },
  }
}

function sampled<T>(values: readonly T[]): Generator<T> {
  return {
    kind: 'pool',
    spec: { kind: 'pool', values: specOf(values) },
    bind: ({ draws: { below } }) => {
      const index = (row: number): number => below(row, values.length)
      return { at: (row) => values[index(row)] ?? null, distinct: new Set(values).size, pool: { values, index } }
    },
  }
}

/** The `bind` of a generator that must be prepared first. */
export function unprepared(generator: string): () => never {
  return () => {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `${generator}() was bound before it was prepared.`,
      remedy: 'Await prepareGenerator(generator, { seed, epochMs }) and bind what it gives.',
    })
  }
}
