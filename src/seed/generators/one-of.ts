import type { FingerprintPart } from '../../primitives/fingerprint.js'
import type { Generator } from '../generator.js'
import { checkList, checkNumber, wrongArgument } from './argument.js'
import { createAliasTable } from './alias-table.js'

/**
 * One of a few values, each as likely as any other.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for an empty list
 */
export function oneOf<const T>(values: readonly T[]): Generator<T> {
  checkList('oneOf', 'values', values)
  return {
    kind: 'oneOf',
    spec: { kind: 'oneOf', values: specOf(values) },
    bind: ({ draws: { below } }) => {
      const index = (row: number): number => below(row, values.length)
      return { at: (row) => values[index(row)] as T, distinct: new Set(values).size, pool: { values, index } }
    },
  }
}

/** The same value in every row. */
export function constant<const T>(value: T): Generator<T> {
  return {
    kind: 'constant',
    spec: { kind: 'constant', value: specOf(value) },
    bind: () => ({
      at: () => value,
      distinct: 1,
      isSorted: true,
      ...(value === null ? {} : { pool: { values: [value], index: () => 0 } }),
      hottest: () => [value],
    }),
  }
}

/** Weights by value: an object, or a list of pairs where the values are no text. */
export type Weights<T = unknown> = Readonly<Record<string, number>> | readonly (readonly [value: T, weight: number])[]

/**
 * One of a few values, each with its weight: `{ paid: 90, open: 9.9, lost: 0.1 }`. Weights need not sum to anything and are kept exactly.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for no values, a negative weight, or weights of nothing but 0
 */
export function weighted<const Name extends string>(weights: Readonly<Record<Name, number>>): Generator<Name>
export function weighted<const T>(weights: readonly (readonly [value: T, weight: number])[]): Generator<T>
export function weighted(weights: Weights): Generator {
  if (typeof weights !== 'object' || weights === null)
    throw wrongArgument('weighted', 'weights', 'an object or a list of [value, weight]', weights)
  const pairs: readonly (readonly [unknown, number])[] = isPairs(weights) ? weights : Object.entries(weights)
  checkList('weighted', 'weights', pairs)
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw wrongArgument('weighted', 'weights', 'an object or a list of [value, weight]', weights)
    checkNumber('weighted', `weights.${String(pair[0])}`, pair[1], 0)
  }
  const used = pairs.filter(([, weight]) => weight > 0)
  if (used.length === 0) throw wrongArgument('weighted', 'weights', 'above 0 for at least one value', 0)
  const values = used.map(([value]) => value)
  return {
    kind: 'weighted',
    spec: { kind: 'weighted', weights: pairs.map(([value, weight]) => [specOf(value), weight]) },
    bind: ({ draws: { unit } }) => {
      const { pick } = createAliasTable(used.map(([, weight]) => weight))
      const index = (row: number): number => pick(unit(row))
      const ranked = used.toSorted(([, left], [, right]) => right - left).map(([value]) => value)
      return {
        at: (row) => values[index(row)],
        distinct: new Set(values).size,
        pool: { values, index },
        hottest: (count) => ranked.slice(0, count),
      }
    },
  }
}

/** A value as the fingerprint can have it. `bigint`, which JSON lacks, as its text. */
export function specOf(value: unknown): FingerprintPart {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))
}

function isPairs(weights: Weights): weights is readonly (readonly [unknown, number])[] {
  return Array.isArray(weights)
}
