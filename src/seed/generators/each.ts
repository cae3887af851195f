import { fileURLToPath } from 'node:url'
import type { Faker } from '@faker-js/faker'
import type { FingerprintPart } from '../../primitives/fingerprint.js'
import { HotbedError } from '../../primitives/error.js'
import { createDraws, randomKey } from '../../primitives/random.js'
import { loadFaker, type FakerPackage } from '../faker.js'
import type { Bound, ColumnContext, Generator } from '../generator.js'
import { loadMakerModule } from '../maker-module.js'
import { wrongArgument } from './argument.js'
import { specOf } from './one-of.js'
import { plainValue } from './plain-value.js'
import { unprepared } from './pool.js'
import { explainThrown } from './thrown.js'

/** Values that stand for all in the fingerprint. */
const SAMPLED = 16

/**
 * A value that faker makes anew for each row. Costs what faker costs, 0.1 to 15 µs a row, where the load itself takes 0.6: use `pool` where
 * a few thousand different values are enough. The function must depend on nothing else than its arguments.
 *
 * A function is called on the loading thread: what it closes over cannot be taken to another. The URL of a module that exports it as `make`
 * or by default lets worker threads call it as well, where that is faster; the rows are the same.
 *
 * @example
 * each((faker) => faker.internet.userName())
 * each(new URL('./make-review.js', import.meta.url)) // export const make = (faker, row) => faker.lorem.paragraph()
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for neither a function nor a URL of a file; before a load, for a module that has no such function
 */
export function each<T>(make: ((faker: Faker, row: number) => T) | URL): Generator<T> {
  if (make instanceof URL && make.protocol === 'file:') return eachOfModule(make.href)
  if (typeof make !== 'function') throw wrongArgument('each', 'make', 'a function of faker, or the URL of a file that exports one', make)
  const source = make.toString()
  return {
    kind: 'each',
    spec: { kind: 'each', source },
    bind: unprepared('each'),
    prepare: async ({ seed, epochMs }) => {
      const faker = await loadFaker()
      const at = makeIn(faker, { draws: createDraws(randomKey(seed, 'each', source)), epochMs }, make)
      return {
        kind: 'each',
        spec: { kind: 'each', source, faker: faker.version, sample: specOf(Array.from({ length: SAMPLED }, (_, row) => at(row))) },
        bind: (context) => ({ at: named('The function of each()', placeOf(context), makeIn(faker, context, make)) }),
      }
    },
  }
}

function eachOfModule<T>(url: string): Generator<T> {
  const path = fileURLToPath(url)
  return {
    kind: 'each',
    spec: { kind: 'each', url },
    bind: unprepared('each'),
    prepare: async ({ seed, epochMs }) => {
      const [faker, { make, hash }] = await Promise.all([loadFaker(), loadMakerModule(url)])
      // What the module gives is as unknown as what a query gives; the type is the caller's word.
      const makePlain = (...[by, row]: Parameters<typeof make>): T => plainValue(make(by, row) ?? null) as T
      const at = named(path, 'its sample', makeIn(faker, { draws: createDraws(randomKey(seed, 'each', hash)), epochMs }, makePlain))
      return {
        kind: 'each',
        spec: { kind: 'each', module: hash, faker: faker.version, sample: sampleTwice(at, path) },
        bind: (context) => bindModule(url, named(path, placeOf(context), makeIn(faker, context, makePlain)), context),
      }
    },
  }
}

function bindModule<T>(url: string, make: (row: number) => T | null, { draws, epochMs }: ColumnContext): Bound<T> {
  let from = 0
  let taken: readonly unknown[] = []
  return {
    at: (row) => {
      const index = row - from
      return index >= 0 && index < taken.length ? (taken[index] as T) : make(row)
    },
    elsewhere: {
      task: { url, key: draws.key, epochMs },
      make,
      take: (fromRow, values) => {
        from = fromRow
        taken = values
      },
    },
  }
}

function makeIn<T>(
  { createRowFaker }: FakerPackage,
  { draws, epochMs }: Pick<ColumnContext, 'draws' | 'epochMs'>,
  make: (faker: Faker, row: number) => T,
): (row: number) => T | null {
  const { faker, standAt } = createRowFaker(draws, epochMs)
  return (row) => {
    standAt(row)
    return make(faker, row) ?? null
  }
}

function placeOf({ table, column }: ColumnContext): string {
  return `${table}.${column}`
}

/** With errors that say whose value it was. */
function named<T>(what: string, place: string, make: (row: number) => T): (row: number) => T {
  return (row) => {
    try {
      return make(row)
    } catch (error) {
      throw explainThrown(error, what, place, row)
    }
  }
}

/** A module that counts its calls or looks at the clock would give other rows in other threads. */
function sampleTwice(at: (row: number) => unknown, path: string): FingerprintPart {
  const rows = Array.from({ length: SAMPLED }, (_, row) => row)
  const sample = rows.map((row) => specOf(at(row)))
  const again = new Map(rows.toReversed().map((row) => [row, specOf(at(row))]))
  const other = rows.find((row) => again.get(row) !== sample[row])
  if (other === undefined) return sample
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `${path} gave another value for row ${other} when it was asked again: ${shown(sample[other])}, then ${shown(again.get(other))}.`,
    remedy: 'What it exports must depend on nothing but its arguments: no counter, no clock, no Math.random().',
  })
}

function shown(spec: FingerprintPart): string {
  return typeof spec === 'string' ? spec : 'nothing'
}
