import type { FingerprintPart } from '../primitives/fingerprint.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import type { DatasetDefinition, TableDataset } from './dataset.js'
import { prepareGenerator, type Generator } from './generator.js'
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
  /** How a load brings statistics up to date, unless it is told otherwise. */
  readonly statistics: StatisticsMode
  /** Samples the pools. Idempotent. */
  readonly prepare: () => Promise<PreparedDataset>
}

/** A dataset whose pools are sampled. */
export interface PreparedDataset extends DatasetContent {
  /** Everything that decides its values, for the fingerprint of a stack. */
  readonly fingerprintPart: FingerprintPart
}

/** @throws {HotbedError} as `defineDataset` */
export function readDataset(definition: DatasetDefinition): DatasetContent {
  if (typeof definition !== 'object' || definition === null)
    throw wrongOption('dataset', 'an object such as { tables: { users: 1000 } }', definition)
  checkOptionNames(definition, ['seed', 'epoch', 'scale', 'statistics', 'tables'], 'The dataset')
  const { seed = 1, epoch = DEFAULT_EPOCH, scale = 1, statistics = 'exact', tables } = definition
  if (!Number.isSafeInteger(seed)) throw wrongOption('seed', 'a whole number', seed)
  const epochMs = typeof epoch === 'string' ? Date.parse(epoch) : Number.NaN
  if (Number.isNaN(epochMs)) throw wrongOption('epoch', "ISO 8601 such as '2025-01-01T00:00:00Z'", epoch)
  if (!(typeof scale === 'number' && scale > 0 && Number.isFinite(scale)))
    throw wrongOption('scale', 'a number above 0, such as 0.01', scale)
  if (!['exact', 'sampled'].includes(statistics)) throw wrongOption('statistics', "'exact' or 'sampled'", statistics)
  if (typeof tables !== 'object' || tables === null) throw wrongOption('tables', 'an object such as { users: 1000 }', tables)
  const checked = new Map(Object.entries(tables).map(([name, table]) => [name, readTable(name, table, scale)]))
  return toContent({ seed, epochMs, statistics, tables: checked })
}

/** The dataset that a function taking either was given. */
export function toDatasetContent(dataset: DatasetContent | DatasetDefinition['tables']): DatasetContent {
  return isContent(dataset) ? dataset : readDataset({ tables: dataset })
}

function isContent(dataset: DatasetContent | DatasetDefinition['tables']): dataset is DatasetContent {
  return typeof dataset === 'object' && dataset !== null && 'prepare' in dataset && typeof dataset.prepare === 'function'
}

function toContent(facts: Omit<DatasetContent, 'prepare'>): DatasetContent {
  let preparing: Promise<PreparedDataset> | undefined
  const content: DatasetContent = Object.freeze({ ...facts, prepare: () => (preparing ??= prepareContent(content)) })
  return content
}

async function prepareContent(dataset: DatasetContent): Promise<PreparedDataset> {
  const { seed, epochMs, statistics } = dataset
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
  const scaled = rows === 0 ? 0 : Math.max(1, Math.round(rows * scale))
  checkRows(`tables.${name}, scaled,`, scaled)
  return Object.freeze({ rows: scaled, columns: Object.freeze({ ...columns }) })
}

export function checkRows(where: string, rows: unknown): void {
  if (Number.isSafeInteger(rows) && Number(rows) >= 0) return
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `${where} asks for ${String(rows)} rows, but a count is a whole number from 0 to 2^53 - 1.`,
  })
}

/** The same with all row counts times `scale`, at least one row where there were any. */
export function scaleDataset(content: DatasetContent, scale: number): DatasetContent {
  if (scale === 1) return content
  const { seed, epochMs, statistics, tables } = content
  const scaled = [...tables].map(([name, { rows, columns }]) => [name, readTable(name, { rows, columns }, scale)] as const)
  return toContent({ seed, epochMs, statistics, tables: new Map(scaled) })
}
