import { HotbedError } from '../primitives/error.js'
import { nearestName } from '../primitives/options.js'
import { createDraws, randomKey } from '../primitives/random.js'
import { checkFit } from './check-fit.js'
import type { DatasetContent, PreparedDataset } from './dataset-content.js'
import type { Bound, ColumnContext, Generator } from './generator.js'
import { findHottest } from './hottest.js'
import { inferTable } from './infer/infer-table.js'
import type { ColumnSchema, DatabaseSchema, TableSchema } from './schema.js'
import { findTable } from './table-name.js'

/** A column that a load writes. */
export interface BoundColumn {
  readonly schema: ColumnSchema
  readonly bound: Bound
  /** As the user writes it, or `inferred …`. */
  readonly kind: string
}

/** A table of the dataset, with a function of the row for each column. */
export interface BoundTable {
  readonly table: TableSchema
  /** First row to be written; above 0 when a table grows. */
  readonly from: number
  /** One past the last row. */
  readonly rows: number
  /** In the order of the table; columns left to the server are not among them. */
  readonly columns: readonly BoundColumn[]
}

/** A dataset bound to a live schema: everything that it will hold is known, nothing is stored. */
export interface BoundDataset {
  readonly dataset: PreparedDataset
  readonly schema: DatabaseSchema
  readonly tables: ReadonlyMap<string, BoundTable>
  /** One row, from 0. Columns that the server fills are left out; times are Dates. */
  readonly row: (table: string, row: number) => Readonly<Record<string, unknown>>
  /** The most frequent values of a column such as `orders.user_id`, the most frequent first. */
  readonly hottest: (column: string, count?: number) => readonly unknown[]
  readonly count: (table: string) => number
}

export interface BindOptions {
  /** Rows that tables grow by, by table id: everything else is as at the dataset's own counts. */
  readonly grown?: ReadonlyMap<string, { readonly from: number; readonly to: number }>
}

/**
 * Binds a dataset to a schema: finds tables and columns, infers what is left out, and checks that everything fits.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for what does not fit, before anything is written
 */
export async function bindDataset(dataset: DatasetContent, schema: DatabaseSchema, options: BindOptions = {}): Promise<BoundDataset> {
  const prepared = await dataset.prepare()
  const counts = new Map<string, number>()
  const written = new Map<string, Readonly<Record<string, Generator>>>()
  for (const [name, { rows, columns }] of prepared.tables) {
    const table = findTable(schema, name)
    checkTable(table, columns)
    if (counts.has(table.id)) throw new HotbedError('ERR_HOTBED_DATASET', { message: `The dataset names the table '${table.id}' twice.` })
    counts.set(table.id, rows)
    written.set(table.id, columns)
  }
  const rowsOf = (name: string): number => {
    const table = findTable(schema, name)
    return counts.get(table.id) || existingKeyRows(table)
  }
  const generators = new Map<string, ReadonlyMap<string, Generator>>()
  for (const [id, columns] of written) {
    const table = findTable(schema, id)
    const given = new Set(Object.keys(columns))
    const inferred = inferTable({ table, rows: counts.get(id) ?? 0, given, parentRows: rowsOf })
    generators.set(id, new Map([...Object.entries(columns), ...inferred]))
  }
  const binder = createBinder(prepared, schema, counts, generators, rowsOf)
  const tables = new Map<string, BoundTable>()
  for (const [id, rows] of counts) {
    const table = findTable(schema, id)
    const columns = table.columns.flatMap((column) => {
      const generator = generators.get(id)?.get(column.name)
      return generator === undefined ? [] : [{ schema: column, kind: generator.kind, bound: binder(id, column.name) }]
    })
    const { from, to } = options.grown?.get(id) ?? { from: 0, to: rows }
    const bound = { table, from, rows: to, columns }
    checkFit(bound)
    tables.set(id, bound)
  }
  return toBoundDataset(prepared, schema, tables)
}

function toBoundDataset(dataset: PreparedDataset, schema: DatabaseSchema, tables: ReadonlyMap<string, BoundTable>): BoundDataset {
  const find = (name: string): BoundTable => {
    const { id } = findTable(schema, name, 'The test names')
    const bound = tables.get(id)
    if (bound !== undefined) return bound
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The dataset has no table '${name}'. It has: ${[...tables.keys()].join(', ')}.`,
    })
  }
  return {
    dataset,
    schema,
    tables,
    count: (name) => find(name).rows,
    row: (name, row) => {
      const { columns, rows } = find(name)
      if (!Number.isSafeInteger(row) || row < 0 || row >= rows) {
        throw new HotbedError('ERR_HOTBED_DATASET', {
          message: `Row ${row} of '${name}' was asked for, but it has the rows 0 to ${rows - 1}.`,
        })
      }
      return Object.fromEntries(
        columns.filter(({ bound }) => bound.sql === undefined).map(({ schema: { name: column }, bound }) => [column, shown(bound, row)]),
      )
    },
    hottest: (place, count = 1) => {
      const at = place.lastIndexOf('.')
      const table = find(place.slice(0, at))
      const name = place.slice(at + 1)
      const column = table.columns.find(({ schema: { name: own } }) => own === name)
      if (column === undefined) {
        throw new HotbedError('ERR_HOTBED_DATASET', {
          message: `The dataset writes no column '${name}' of '${table.table.id}'. It writes: ${table.columns.map(({ schema: own }) => own.name).join(', ')}.`,
        })
      }
      return findHottest(column.bound, table.rows, count)
    },
  }
}

/** A value as a user wants to see it. */
function shown(bound: Bound, row: number): unknown {
  const value = bound.at(row)
  return bound.isTime === true && typeof value === 'number' ? new Date(value) : value
}

/** Binds columns when they are first asked for, so that they may refer to each other in any order. */
function createBinder(
  { seed, epochMs }: PreparedDataset,
  schema: DatabaseSchema,
  counts: ReadonlyMap<string, number>,
  generators: ReadonlyMap<string, ReadonlyMap<string, Generator>>,
  rowsOf: (table: string) => number,
): (id: string, column: string) => Bound {
  const bounds = new Map<string, Bound | 'binding'>()
  const bind = (id: string, column: string): Bound => {
    const place = `${id}.${column}`
    const known = bounds.get(place)
    if (known === 'binding')
      throw new HotbedError('ERR_HOTBED_DATASET', { message: `The column '${place}' is derived from itself, in a circle.` })
    if (known !== undefined) return known
    const table = findTable(schema, id)
    const generator = generators.get(id)?.get(column)
    if (generator === undefined || counts.get(id) === 0) return bindExisting(table, column, counts.has(id))
    bounds.set(place, 'binding')
    try {
      const context: ColumnContext = {
        table: id,
        column,
        rows: counts.get(id) ?? 0,
        draws: createDraws(randomKey(seed, id, column)),
        drawsOf: (other) => createDraws(randomKey(seed, id, other)),
        epochMs,
        schema: table.columns.find(({ name }) => name === column),
        rowsOf,
        valueOf: (other, name) => bind(findTable(schema, other).id, name),
      }
      const bound = generator.bind(context)
      bounds.set(place, bound)
      return bound
    } catch (error) {
      bounds.delete(place)
      throw error
    }
  }
  return bind
}

/** Keys that migrations inserted, for foreign keys to tables that the dataset gives no rows. */
function bindExisting(table: TableSchema, column: string, isInDataset: boolean): Bound {
  const values = table.existingKeys.get(column)
  if (values !== undefined) return { at: (row) => values[row % values.length] ?? null, distinct: values.length }
  const exists = table.columns.some(({ name }) => name === column)
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: exists
      ? `The values of '${table.id}.${column}' are not known: ${isInDataset ? 'the server fills that column' : 'the dataset has no such table, and no foreign key refers to it'}.`
      : `The table '${table.id}' has no column '${column}'.`,
    ...(exists && isInDataset ? { remedy: `Give '${column}' a generator in the dataset.` } : {}),
  })
}

function existingKeyRows(table: TableSchema): number {
  for (const values of table.existingKeys.values()) return values.length
  return 0
}

function checkTable(table: TableSchema, columns: Readonly<Record<string, Generator>>): void {
  if (table.kind === 'foreign')
    throw new HotbedError('ERR_HOTBED_DATASET', { message: `'${table.id}' is a foreign table, which cannot be loaded.` })
  for (const name of Object.keys(columns)) {
    const column = table.columns.find((candidate) => candidate.name === name)
    if (column === undefined) {
      const names = table.columns.map((candidate) => candidate.name)
      const near = nearestName(name, names)
      throw new HotbedError('ERR_HOTBED_DATASET', {
        message: `The dataset names the column '${name}' of '${table.id}', which the table does not have.`,
        remedy: near === undefined ? `It has: ${names.join(', ')}.` : `Did you mean '${near}'?`,
      })
    }
    if (column.isGenerated) {
      throw new HotbedError('ERR_HOTBED_DATASET', {
        message: `The column '${name}' of '${table.id}' is GENERATED ALWAYS AS an expression: the server computes it, nobody can write it.`,
        remedy: `Leave '${name}' out of the dataset.`,
      })
    }
  }
}
