import type { FingerprintPart } from '../primitives/fingerprint.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { checkRows, scaleRows } from './check-rows.js'
import type { DatasetDefinition, DatasetTables, TableDataset } from './dataset.js'
import { prepareGenerator, type Generator } from './generator.js'
import type { CacheEntries } from './redis/cache-of.js'
import { checkEntriesList, scaleEntries, type RedisEntries } from './redis/entries.js'
import type { StatisticsMode } from './statistics.js'

/** Counted up when the same definition gives other rows than before: what was loaded by an older engine is then loaded anew. */
const SEED_ENGINE = 1

const DEFAULT_EPOCH = '2025-01-01T00:00:00Z'

/** Which rows a database is to have: what a definition says, checked. Immutable; knows no database until it is bound to one. */
export interface DatasetContent {
  readonly seed: number
  readonly epochMs: number
  /** Tables as the definition names them, with rows at the dataset's scale. */
  readonly tables: ReadonlyMap<string, Required<TableDataset>>
  /** Keys for Redis, with rows at the dataset's scale. */
  readonly redis: readonly (RedisEntries | CacheEntries)[]
  /** How a load brings statistics up to date, unless it is told otherwise. */
  readonly statistics: StatisticsMode
  /** Samples the pools. Idempotent. */
  readonly prepare: () => Promise<PreparedDataset>
}

/** A dataset whose pools are sampled. */
export interface PreparedDataset extends DatasetContent {
  /** Everything that decides the rows of its tables, for the fingerprint of a stack. */
  readonly fingerprintPart: FingerprintPart
}

/** @throws {HotbedError} as `defineDataset` */
export function readDataset(definition: DatasetDefinition): DatasetContent {
  if (typeof definition !== 'object' || definition === null)
    throw wrongOption('dataset', 'an object such as { tables: { users: 1000 } }', definition)
  checkOptionNames(definition, ['seed', 'epoch', 'scale', 'statistics', 'tables', 'redis'], 'The dataset')
  const { seed = 1, epoch = DEFAULT_EPOCH, scale = 1, statistics = 'exact', redis = [] } = definition
  // A dataset of keys alone needs none; one of nothing is a slip.
  const { tables = definition.redis === undefined ? undefined : {} } = definition
  if (!Number.isSafeInteger(seed)) throw wrongOption('seed', 'a whole number', seed)
  const epochMs = typeof epoch === 'string' ? Date.parse(epoch) : Number.NaN
  if (Number.isNaN(epochMs)) throw wrongOption('epoch', "ISO 8601 such as '2025-01-01T00:00:00Z'", epoch)
  if (!(typeof scale === 'number' && scale > 0 && Number.isFinite(scale)))
    throw wrongOption('scale', 'a number above 0, such as 0.01', scale)
  if (!['exact', 'sampled'].includes(statistics)) throw wrongOption('statistics', "'exact' or 'sampled'", statistics)
  if (typeof tables !== 'object' || tables === null) throw wrongOption('tables', 'an object such as { users: 1000 }', tables)
  const checked = new Map(Object.entries(tables).map(([name, table]) => [name, readTable(name, table, scale)]))
  checkEntriesList(redis, 'redis')
  return toContent({ seed, epochMs, statistics, tables: checked, redis: scaleEntries(redis, scale) })
}

/** The dataset that a function taking either was given. */
export function toDatasetContent(dataset: DatasetContent | DatasetTables): DatasetContent {
  return isContent(dataset) ? dataset : readDataset({ tables: dataset })
}

function isContent(dataset: DatasetContent | DatasetTables): dataset is DatasetContent {
  return typeof dataset === 'object' && dataset !== null && 'prepare' in dataset && typeof dataset.prepare === 'function'
}

function toContent(facts: Omit<DatasetContent, 'prepare'>): DatasetContent {
  let preparing: Promise<PreparedDataset> | undefined
  const content: DatasetContent = Object.freeze({ ...facts, prepare: () => (preparing ??= prepareContent(content)) })
  return content
}

async function prepareContent(dataset: DatasetContent): Promise<PreparedDataset> {
  const { seed, epochMs, statistics, redis } = dataset
  const tables = new Map<string, Required<TableDataset>>()
  for (const [name, table] of dataset.tables) {
    const columns: Record<string, Generator> = {}
    for (const [column, generator] of Object.entries(table.columns)) columns[column] = await prepareGenerator(generator, { seed, epochMs })
    tables.set(name, { rows: table.rows, columns })
  }
  const part = [...tables].map(([name, { rows, columns }]) => [
    name,
    rows,
    Object.entries(columns).map(([column, { spec }]) => [column, spec]),
  ])
  const prepared: PreparedDataset = Object.freeze({
    seed,
    epochMs,
    statistics,
    tables,
    redis,
    fingerprintPart: { engine: SEED_ENGINE, seed, epochMs, statistics, tables: part },
    prepare: () => Promise.resolve(prepared),
  })
  return prepared
}

function readTable(name: string, table: number | TableDataset, scale: number): Required<TableDataset> {
  const dataset = typeof table === 'number' ? { rows: table } : table
  if (typeof dataset !== 'object' || dataset === null) throw wrongOption(`tables.${name}`, 'a number of rows or { rows, columns }', table)
  checkOptionNames(dataset, ['rows', 'columns'], `tables.${name}`)
  const { rows, columns = {} } = dataset
  checkRows(`tables.${name}`, rows)
  for (const [column, generator] of Object.entries(columns)) {
    if (typeof generator !== 'object' || generator === null || typeof generator.bind !== 'function') {
      throw wrongOption(`tables.${name}.columns.${column}`, "a generator, such as oneOf(['a', 'b'])", generator)
    }
  }
  const scaled = scaleRows(rows, scale)
  checkRows(`tables.${name}, scaled,`, scaled)
  return Object.freeze({ rows: scaled, columns: Object.freeze({ ...columns }) })
}

/** The same with all row counts times `scale`, at least one row where there were any. */
export function scaleDataset(content: DatasetContent, scale: number): DatasetContent {
  if (scale === 1) return content
  const { seed, epochMs, statistics, tables, redis } = content
  const scaled = [...tables].map(([name, { rows, columns }]) => [name, readTable(name, { rows, columns }, scale)] as const)
  return toContent({ seed, epochMs, statistics, tables: new Map(scaled), redis: scaleEntries(redis, scale) })
}
