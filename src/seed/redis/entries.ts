import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { checkRows, scaleRows } from '../check-rows.js'
import type { Generator } from '../generator.js'
import { isCache, type CacheEntries } from './cache-of.js'
import { VALUE_KINDS, type RedisScalar, type RedisValue } from './redis-value.js'

/** A value for each row: a generator, a function of the row (from 0) that depends on nothing else, or the same for all. */
export type RowSource<T> = T | Generator<T> | ((row: number) => T)

/** What the keys hold: a value of its kind, or a function of the row that gives one. */
export type RedisContent =
  | RedisScalar
  | Generator<RedisScalar>
  | ((row: number) => RedisValue | null)
  | { readonly hash: Readonly<Record<string, RowSource<RedisScalar | null>>> | ((row: number) => Readonly<Record<string, RedisScalar>>) }
  | { readonly list: RowSource<readonly RedisScalar[]> }
  | { readonly set: RowSource<readonly RedisScalar[]> }
  | { readonly zset: RowSource<readonly (readonly [member: RedisScalar, score: number])[] | Readonly<Record<string, number>>> }
  | { readonly stream: (row: number) => Extract<RedisValue, { readonly stream: unknown }>['stream'] }
  | { readonly json: RowSource<unknown> }

/** Keys of one pattern. */
export interface RedisEntries {
  /** `{row}` stands for the row, from 0; any other name in braces for one of `parts`. Or a function of the row. */
  readonly key: string | ((row: number) => string)
  /** Values for the names in `key`. */
  readonly parts?: Readonly<Record<string, Generator | ((row: number) => unknown)>>
  /** How many keys. */
  readonly rows: number
  readonly value: RedisContent
  /** Life of a key in seconds, fractions allowed, from the moment it is written; `null` for ever. @default null */
  readonly ttlSeconds?: RowSource<number | null>
}

export function isGenerator(source: unknown): source is Generator {
  return typeof source === 'object' && source !== null && 'bind' in source && typeof source.bind === 'function'
}

/** The names in braces. */
export function namesIn(pattern: string): readonly string[] {
  return [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '')
}

/** @throws {HotbedError} as `checkEntries` */
export function checkEntriesList(list: readonly (RedisEntries | CacheEntries)[], where: string): void {
  if (!Array.isArray(list))
    throw wrongOption(where, "a list such as [cacheOf('products', …), { key: 'session:{row}', rows: 1000, value: 'x' }]", list)
  for (const [index, entries] of list.entries()) if (!isCache(entries)) checkEntries(entries, `${where}[${index}]`)
}

/** The same with all counts times `scale`; a cache of a whole table has what the table has. */
export function scaleEntries(list: readonly (RedisEntries | CacheEntries)[], scale: number): readonly (RedisEntries | CacheEntries)[] {
  const scaled = list.map((entries) =>
    Object.freeze(entries.rows === undefined ? { ...entries } : { ...entries, rows: scaleRows(entries.rows, scale) }),
  )
  return Object.freeze(scaled as (RedisEntries | CacheEntries)[])
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what makes no sense, `ERR_HOTBED_DATASET` for a count that is none */
export function checkEntries(entries: RedisEntries, where: string): void {
  if (typeof entries !== 'object' || entries === null)
    throw wrongOption(where, "an object such as { key: 'session:{row}', rows: 1000, value: 'x' }", entries)
  checkOptionNames(entries, ['key', 'parts', 'rows', 'value', 'ttlSeconds'], where)
  checkRows(where, entries.rows)
  checkKey(entries, where)
  const { value, ttlSeconds } = entries
  if (value === undefined || value === null)
    throw wrongOption(`${where}.value`, 'a text, a generator, a function of the row, or { hash, list, set, zset, stream or json }', value)
  if (typeof value === 'object' && !isGenerator(value) && !(value instanceof Uint8Array)) {
    checkOptionNames(value, VALUE_KINDS, `${where}.value`)
    if (Object.keys(value).length !== 1)
      throw wrongOption(`${where}.value`, 'one of { hash }, { list }, { set }, { zset }, { stream } and { json }', value)
  }
  if (typeof ttlSeconds === 'number' && !(ttlSeconds > 0 && Number.isFinite(ttlSeconds)))
    throw wrongOption(`${where}.ttlSeconds`, 'a number of seconds above 0, a generator, or null', ttlSeconds)
}

function checkKey({ key, parts = {}, rows }: RedisEntries, where: string): void {
  if (typeof key === 'function') return
  if (typeof key !== 'string' || key === '')
    throw wrongOption(`${where}.key`, "a pattern such as 'session:{row}', or a function of the row", key)
  const names = namesIn(key)
  for (const name of names) {
    if (name === 'row' || name in parts) continue
    throw wrongOption(
      `${where}.key`,
      `a pattern whose names are 'row' or in parts (${Object.keys(parts).join(', ') || 'there are none'})`,
      key,
    )
  }
  if (names.length === 0 && rows > 1) throw wrongOption(`${where}.key`, `a pattern with {row}: ${rows} rows cannot have one key`, key)
}
