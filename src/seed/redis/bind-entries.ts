import { HotbedError } from '../../primitives/error.js'
import { createDraws, randomKey } from '../../primitives/random.js'
import type { BoundDataset } from '../bind-dataset.js'
import { prepareGenerator, type ColumnContext } from '../generator.js'
import { isCache, type CacheEntries } from './cache-of.js'
import { checkEntries, isGenerator, type RedisContent, type RedisEntries } from './entries.js'
import { VALUE_KINDS, type RedisScalar, type RedisValue, type RedisWrite } from './redis-value.js'

/** Keys of one pattern, each a function of its row. */
export interface BoundEntries {
  /** `redis session:{row}`, for messages and progress. */
  readonly label: string
  /** First row that is written. @default 0 */
  readonly from?: number
  /** One past the last row. */
  readonly rows: number
  /** `null` for a row that has no key. */
  readonly at: (row: number) => RedisWrite | null
  /** Known to hold JSON documents, before any row is looked at. */
  readonly isJson: boolean
  /** What ids of streams are counted from. */
  readonly epochMs: number
}

export interface EntriesContext {
  readonly seed: number
  readonly epochMs: number
  /** What `cacheOf` reads from. */
  readonly dataset?: BoundDataset | undefined
}

type AtRow<T> = (row: number) => T

/**
 * Makes keys and values functions of the row. Needs no server.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` and `ERR_HOTBED_DATASET` for what cannot be written
 */
export async function bindEntries(
  list: readonly (RedisEntries | CacheEntries)[],
  context: EntriesContext,
): Promise<readonly BoundEntries[]> {
  const bound: BoundEntries[] = []
  for (const [index, entries] of list.entries()) {
    if (isCache(entries)) bound.push(bindCache(entries, context))
    else bound.push(await bindKeys(entries, index, context))
  }
  return bound
}

function bindCache({ cacheOf: table, toCached, rows }: CacheEntries, { dataset, epochMs }: EntriesContext): BoundEntries {
  if (dataset === undefined) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `cacheOf('${table}') makes keys of the rows of a dataset, but was given none.`,
      remedy: 'Pass the dataset that was loaded: const { dataset } = await seed(…), then loadRedis(url, entries, { dataset }).',
    })
  }
  const count = dataset.count(table)
  return {
    label: `redis cache of ${table}`,
    rows: Math.min(rows ?? count, count),
    at: (row) => {
      const cached = toCached(dataset.row(table, row), row)
      return cached === null ? null : { key: cached.key, value: cached.value, ttlMs: toMs(cached.ttlSeconds) }
    },
    isJson: false,
    epochMs,
  }
}

async function bindKeys(entries: RedisEntries, index: number, context: EntriesContext): Promise<BoundEntries> {
  checkEntries(entries, `entries[${index}]`)
  const { key, parts = {}, rows, value, ttlSeconds = null } = entries
  const label = `redis ${typeof key === 'string' ? key : `entries ${index + 1}`}`
  const bind = createSourceBinder(label, rows, context)
  const partAt = await bindAll(parts, (source, name) => bind<unknown>(source, `part ${name}`))
  const valueAt = await bindContent(value, bind)
  const ttlAt = await bind<number | null>(ttlSeconds, 'ttlSeconds')
  const keyAt = typeof key === 'function' ? key : bindPattern(key, partAt)
  return {
    label,
    rows,
    at: (row) => {
      const held = valueAt(row)
      return held === null ? null : { key: keyAt(row), value: held, ttlMs: toMs(ttlAt(row)) }
    },
    isJson: typeof value === 'object' && 'json' in value,
    epochMs: context.epochMs,
  }
}

type BindSource = <T>(source: unknown, name: string) => Promise<AtRow<T>>

function createSourceBinder(label: string, rows: number, { seed, epochMs, dataset }: EntriesContext): BindSource {
  return async <T>(source: unknown, name: string): Promise<AtRow<T>> => {
    if (typeof source === 'function') return source as AtRow<T>
    if (!isGenerator(source)) return () => source as T
    const generator = await prepareGenerator(source, { seed, epochMs })
    const drawsOf = (column: string): ReturnType<typeof createDraws> => createDraws(randomKey(seed, label, column))
    const context: ColumnContext = {
      table: label,
      column: name,
      rows,
      draws: drawsOf(name),
      drawsOf,
      epochMs,
      schema: undefined,
      rowsOf: (table) => needDataset(dataset, label, name).count(table),
      valueOf: (table, column) => ({ at: (row) => needDataset(dataset, label, name).row(table, row)[column] }),
    }
    return generator.bind(context).at as AtRow<T>
  }
}

function needDataset(dataset: BoundDataset | undefined, label: string, name: string): BoundDataset {
  if (dataset !== undefined) return dataset
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `The generator of ${name} of '${label}' refers to a table, but no dataset was given.`,
    remedy: 'Pass the dataset that was loaded: loadRedis(url, entries, { dataset }).',
  })
}

async function bindAll(
  sources: Readonly<Record<string, unknown>>,
  bind: (source: unknown, name: string) => Promise<AtRow<unknown>>,
): Promise<Readonly<Record<string, AtRow<unknown>>>> {
  const bound: [string, AtRow<unknown>][] = []
  for (const [name, source] of Object.entries(sources)) bound.push([name, await bind(source, name)])
  return Object.fromEntries(bound)
}

async function bindContent(content: RedisContent, bind: BindSource): Promise<AtRow<RedisValue | null>> {
  if (typeof content !== 'object' || content instanceof Uint8Array || isGenerator(content)) return bind<RedisValue | null>(content, 'value')
  if ('hash' in content && typeof content.hash === 'object') {
    const at = await bindAll(content.hash, (source, name) => bind<unknown>(source, `field ${name}`))
    const fields = Object.entries(at) as [string, AtRow<RedisScalar | null>][]
    return (row) => ({ hash: toHash(fields, row) })
  }
  const kind = VALUE_KINDS.find((name) => name in content) ?? 'json'
  const at = await bind<unknown>(Reflect.get(content, kind), kind)
  return (row) => ({ [kind]: at(row) }) as RedisValue
}

/** A field that is null is left out, as Redis has no null. */
function toHash(fields: readonly (readonly [string, AtRow<RedisScalar | null>])[], row: number): Record<string, RedisScalar> {
  const hash: Record<string, RedisScalar> = {}
  for (const [name, at] of fields) {
    const value = at(row)
    if (value !== null) hash[name] = value
  }
  return hash
}

function bindPattern(pattern: string, parts: Readonly<Record<string, AtRow<unknown>>>): AtRow<string> {
  const pieces = pattern.split(/\{([^{}]*)\}/)
  return (row) => {
    let key = ''
    for (let index = 0; index < pieces.length; index += 1) {
      const piece = pieces[index] ?? ''
      if (index % 2 === 0) key += piece
      else key += piece === 'row' && parts['row'] === undefined ? row : String(parts[piece]?.(row))
    }
    return key
  }
}

/** What is no number is refused where the command is made, which can name the key. */
function toMs(seconds: number | null | undefined): number | undefined {
  return seconds === null || seconds === undefined ? undefined : seconds * 1000
}
