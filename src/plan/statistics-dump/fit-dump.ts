import { tableLabel } from '../../primitives/sql-name.js'
import type { ColumnStatistics, IndexStatistics, TableStatistics } from '../../databases/table-statistics.js'
import { btreeSize } from '../projection/btree-density.js'
import type { CatalogueIndex, CatalogueTable } from '../projection/catalogue.js'
import type { DumpedColumn, DumpedRelation } from './statistics-dump.js'

/** Something of a dump, or of this schema, that has no counterpart. */
export interface Unfitted {
  /** A table, or a column as `orders.total`. */
  readonly name: string
  readonly reason: string
}

/** A table that gets the statistics of a dump. */
export interface FittedTable {
  readonly schema: string
  readonly table: string
  /** Rows that it has here. */
  readonly seeded: number
  readonly rows: number
  readonly pages: number
}

/** A dump cut to the tables, columns and indexes of a schema. */
export interface FittedDump {
  readonly tables: readonly FittedTable[]
  /** What is to be written: tables, and indexes over expressions under their own names. */
  readonly statistics: readonly TableStatistics[]
  readonly skipped: readonly Unfitted[]
  /** Of tables that were taken. */
  readonly notes: readonly Unfitted[]
}

/** What is in both: matched by schema and name. */
export function fitDump(relations: readonly DumpedRelation[], tables: readonly CatalogueTable[], blockBytes: number): FittedDump {
  const fitted: FittedTable[] = []
  const statistics: TableStatistics[] = []
  const skipped: Unfitted[] = []
  const notes: Unfitted[] = []
  const dumped = new Map(relations.map((relation) => [`${relation.schema}.${relation.name}`, relation]))
  const known = new Set(
    tables.flatMap(({ schema, name, indexes }) => [name, ...indexes.map((index) => index.name)].map((one) => `${schema}.${one}`)),
  )
  for (const relation of relations) {
    if (!known.has(`${relation.schema}.${relation.name}`)) skipped.push({ name: tableLabel(relation), reason: 'not in this schema' })
  }
  for (const table of tables) {
    const relation = dumped.get(`${table.schema}.${table.name}`)
    if (relation === undefined) {
      skipped.push({ name: tableLabel(table), reason: 'not in the dump' })
      continue
    }
    // The planner does not look at the size of a partitioned table, but at those of its partitions.
    if (relation.rows < 0 && !(table.kind === 'p' && relation.columns.length > 0)) {
      skipped.push({ name: tableLabel(table), reason: 'never analysed where the dump is from' })
      continue
    }
    const columns = fitColumns(relation, table, notes)
    const rows = Math.max(0, relation.rows)
    const indexes = table.indexes.map((index) =>
      fitIndex(index, { table, rows, columns, blockBytes }, dumped.get(`${table.schema}.${index.name}`), notes),
    )
    fitted.push({ schema: table.schema, table: table.name, seeded: table.rows, rows, pages: relation.pages })
    statistics.push({
      schema: table.schema,
      table: table.name,
      rows,
      pages: table.kind === 'p' ? Math.max(0, table.pages) : relation.pages,
      allVisiblePages: Math.min(relation.allVisiblePages, relation.pages),
      columns,
      indexes,
    })
    for (const index of indexes) {
      const own = dumped.get(`${table.schema}.${index.name}`)
      if (own === undefined || own.columns.length === 0) continue
      statistics.push({
        schema: table.schema,
        table: index.name,
        rows: index.rows,
        pages: index.pages,
        allVisiblePages: 0,
        columns: own.columns,
        indexes: [],
      })
    }
  }
  return { tables: fitted, statistics, skipped, notes }
}

function fitColumns({ columns }: DumpedRelation, table: CatalogueTable, notes: Unfitted[]): readonly ColumnStatistics[] {
  const label = tableLabel(table)
  const note = (column: string, reason: string): void => void notes.push({ name: `${label}.${column}`, reason })
  const told = new Set(columns.map(({ column }) => column))
  for (const { name } of table.columns) {
    if (!told.has(name) && columns.length > 0) note(name, 'not in the dump, so it keeps the statistics that it has here')
  }
  return columns.flatMap((column: DumpedColumn) => {
    const here = table.columns.find(({ name, position }) =>
      column.position === undefined ? name === column.column : position === column.position,
    )
    if (here === undefined) {
      note(column.column, 'not in this schema')
      return []
    }
    if (column.type !== undefined && column.type !== here.type) {
      note(column.column, `${column.type} in the dump, ${here.type} here`)
      return []
    }
    return [{ ...column, column: here.name }]
  })
}

interface IndexPlace {
  readonly table: CatalogueTable
  readonly rows: number
  readonly columns: readonly ColumnStatistics[]
  readonly blockBytes: number
}

function fitIndex(index: CatalogueIndex, place: IndexPlace, relation: DumpedRelation | undefined, notes: Unfitted[]): IndexStatistics {
  if (relation !== undefined) return { name: index.name, rows: Math.max(0, relation.rows), pages: relation.pages }
  const size = estimateIndex(index, place)
  if (place.table.kind !== 'p')
    notes.push({ name: index.name, reason: `not in the dump: estimated at ${size.pages.toLocaleString('en-US')} pages` })
  return size
}

/** An index that is new here. A partial one has the share of rows that it has here. */
function estimateIndex(index: CatalogueIndex, { table, rows, columns, blockBytes }: IndexPlace): IndexStatistics {
  const { name, method, partial, unique, fillFactor, deduplicates } = index
  const share = partial && table.rows > 0 ? Math.min(1, Math.max(0, index.rows) / table.rows) : 1
  const own = Math.round(rows * share)
  if (method !== 'btree') {
    const growth = table.rows > 0 ? rows / table.rows : 1
    return { name, rows: own, pages: Math.max(index.pages, Math.ceil(index.pages * growth)) }
  }
  const columnAt = (position: number): CatalogueTable['columns'][number] | undefined =>
    table.columns.find((column) => column.position === position)
  const statisticsAt = (position: number): ColumnStatistics | undefined =>
    columns.find(({ column, inherited }) => !inherited && column === columnAt(position)?.name)
  const { pages } = btreeSize({
    rows: Math.max(1, own),
    blockBytes,
    fillFactor,
    deduplicates,
    isUnique: unique,
    columns: index.stored.map(columnAt),
    statistics: index.keys.map(statisticsAt),
  })
  return { name, rows: own, pages }
}
