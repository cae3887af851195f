import { createRequire } from 'node:module'
import type { Faker } from '@faker-js/faker'
import { HotbedError } from '../primitives/error.js'
import type { Draws } from './generator.js'

/** A faker whose every value is a function of the row it stands at. */
export interface RowFaker {
  readonly faker: Faker
  /** The next calls belong to this row. Costs nothing: no state is seeded, a counter is set. */
  readonly standAt: (row: number) => void
}

/** faker as it is installed. */
export interface FakerPackage {
  readonly version: string
  readonly createRowFaker: (draws: Draws, epochMs: number) => RowFaker
}

/**
 * Loads faker: the English locale only (20 ms; all of them take 110 ms and 30 MB more), and only when a dataset uses it.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` when it is not installed
 */
export async function loadFaker(): Promise<FakerPackage> {
  try {
    const { faker: sample } = await import('@faker-js/faker/locale/en')
    const version = readVersion(createRequire(import.meta.url)('@faker-js/faker/package.json'))
    return { version, createRowFaker: (draws, epochMs) => createRowFaker(sample, draws, epochMs) }
  } catch (cause) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: 'The dataset uses pool() or each(), which need the package @faker-js/faker.',
      remedy: 'npm install --save-dev @faker-js/faker',
      cause,
    })
  }
}

function createRowFaker(sample: Faker, draws: Draws, epochMs: number): RowFaker {
  let row = 0
  let draw = 0
  const randomizer = {
    next: (): number => draws.unit(row, draw++),
    // Its constructor calls this; the seed is in the draws.
    seed: (): void => {},
  }
  // The class is not exported beside the locale, but it made the sample.
  const Class = sample.constructor as new (options: { locale: Faker['rawDefinitions']; randomizer: typeof randomizer }) => Faker
  const faker = new Class({ locale: sample.rawDefinitions, randomizer })
  faker.setDefaultRefDate(new Date(epochMs))
  return {
    faker,
    standAt: (next) => {
      row = next
      draw = 0
    },
  }
}

function readVersion(manifest: unknown): string {
  const version: unknown = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return typeof version === 'string' ? version : 'unknown'
}
