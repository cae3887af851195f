import { HotbedError } from '../../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import type { RedisValue } from './redis-value.js'

/** A key of a cache, or `null` for a row that is not cached. */
export interface CachedRow {
  readonly key: string
  readonly value: RedisValue
  /** @default undefined, for ever */
  readonly ttlSeconds?: number | undefined
}

export interface CacheOptions {
  /** Only the first rows of the table. @default all */
  readonly rows?: number
}

/** The cached form of a table of the dataset. */
export interface CacheEntries {
  readonly cacheOf: string
  readonly toCached: (row: Readonly<Record<string, unknown>>, index: number) => CachedRow | null
  readonly rows: number | undefined
}

/**
 * Fills a cache with what the application would have put there: the function is given the rows of a table exactly as the dataset writes them,
 * without a query. Columns that the server fills are not in them; times are Dates.
 *
 * @example
 * cacheOf('products', (product) => ({ key: `product:${product.id}`, value: JSON.stringify(product), ttlSeconds: 300 }))
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for no function, `ERR_HOTBED_OPTION` for an unknown option
 */
export function cacheOf(table: string, toCached: CacheEntries['toCached'], options: CacheOptions = {}): CacheEntries {
  if (typeof table !== 'string' || table === '') throw wrongOption('table', "a table's name", table)
  if (typeof toCached !== 'function') {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `cacheOf('${table}') needs a function that makes a key and a value of a row.`,
      remedy: `cacheOf('${table}', (row) => ({ key: \`${table}:\${row.id}\`, value: JSON.stringify(row), ttlSeconds: 300 }))`,
    })
  }
  checkOptionNames(options, ['rows'], 'cacheOf()')
  const { rows } = options
  if (rows !== undefined) checkWholeNumber('rows', rows, 0)
  return Object.freeze({ cacheOf: table, toCached, rows })
}

export function isCache(entries: unknown): entries is CacheEntries {
  return typeof entries === 'object' && entries !== null && 'cacheOf' in entries
}
