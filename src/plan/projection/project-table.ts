import type { ColumnProjection, ColumnStatistics, TableStatistics } from '../../databases/table-statistics.js'
import { btreeSize, leafCorrection, type BtreeShape } from './btree-density.js'
import type { CatalogueColumn, CatalogueIndex, CatalogueTable } from './catalogue.js'
import { rowsPerPage } from './heap-density.js'
import { partOfWhole, type WholeColumn } from './part-of-whole.js'
import { projectColumn, type ColumnRule, type ProjectedColumn } from './project-column.js'
import { valueLine } from './value-line.js'

/** What is known of one table, or of one part of a table, before it is projected. */
export interface SeededTable {
  readonly table: CatalogueTable
  readonly statistics: TableStatistics
  readonly rows: { readonly seeded: number; readonly projected: number }
  readonly blockBytes: number
  /** What was said about its columns, by name. */
  readonly rules: ReadonlyMap<string, ColumnRule>
  /** What the dataset says about them. */
  readonly told: readonly ColumnProjection[]
  /** Tables that its foreign keys refer to, by oid, with their rows. */
  readonly parents: ReadonlyMap<number, { readonly seeded: number; readonly projected: number; readonly continues: boolean }>
  /** Columns that go on in the table that this one is a part of, by name. */
  readonly whole: ReadonlyMap<string, WholeColumn>
}

/** A table at a size that it does not have. */
export interface ProjectedTable {
  readonly statistics: TableStatistics
  /** Levels above the leaves, of every btree index by name. */
  readonly heights: ReadonlyMap<string, number>
  /** Least and greatest values of columns whose values have an order that is known here. */
  readonly ends: ReadonlyMap<string, readonly [string, string]>
  /** Columns that have further values. */
  readonly rising: ReadonlyMap<string, WholeColumn>
  readonly notes: readonly string[]
}

/** At and above this correlation with the order of rows, a column is taken to be written in its order. */
const IN_ORDER = 0.95
const FULL = 100

/**
 * The statistics of a table at another number of rows. Pure.
 *
 * Without a rule and without a dataset: unique numbers and times, and other times, that lie in the order of the rows continue; foreign keys keep their
 * number of children per parent; everything else keeps its distribution (PostgreSQL scales a number of different values that it has as a share).
 */
export function projectTable(seeded: SeededTable): ProjectedTable {
  const { table, statistics, rows, blockBytes } = seeded
  const notes: string[] = []
  const ends = new Map<string, readonly [string, string]>()
  const rising = new Map<string, WholeColumn>()
  const columns = statistics.columns.map((column) => {
    const projected = projectOne(seeded, column)
    if (projected.note !== undefined) notes.push(`${table.name}.${projected.note}.`)
    const { bounds } = projected.statistics
    if (projected.ends !== undefined && bounds !== undefined) rising.set(column.column, { seeded: column, bounds, ends: projected.ends })
    const own = projected.ends ?? endsOf(table, projected.statistics)
    if (own !== undefined && !column.inherited) ends.set(column.column, own)
    return projected.statistics
  })
  const factor = rows.seeded === 0 ? 0 : rows.projected / rows.seeded
  const own = { before: ownColumns(statistics.columns), after: ownColumns(columns) }
  const density = rowsPerPage({
    rows: rows.seeded,
    pages: table.pages,
    blockBytes,
    fillFactor: table.fillFactor ?? FULL,
    columns: table.columns,
    statistics: own.before,
  })
  const pages = table.path === null ? statistics.pages : Math.max(1, Math.ceil(rows.projected / density))
  const visible = table.pages === 0 ? 0 : Math.min(1, table.visiblePages / table.pages)
  const heights = new Map<string, number>()
  const indexes = table.indexes.map((index) => {
    const size = projectIndex(index, { table, blockBytes, factor, projected: rows.projected, ...own })
    if (size.height !== undefined) heights.set(index.name, size.height)
    return { name: index.name, rows: Math.round(index.rows * factor), pages: size.pages }
  })
  return {
    statistics: {
      ...statistics,
      rows: rows.projected,
      pages,
      allVisiblePages: table.path === null ? statistics.allVisiblePages : Math.round(pages * visible),
      columns,
      indexes,
    },
    heights,
    ends,
    rising,
    notes,
  }
}

/** Columns that continue when nothing is said about them. */
export function continuesByItself(table: CatalogueTable, { position, baseType }: CatalogueColumn, statistics: ColumnStatistics): boolean {
  const line = valueLine(baseType)
  if (line === undefined || Math.abs(statistics.correlation ?? 0) < IN_ORDER || table.partitionKeys.includes(position)) return false
  return (
    line.isTime ||
    table.indexes.some(({ unique, partial, keys }) => {
      // A unique index of a partitioned table has to have the keys of the parts.
      const free = keys.filter((key) => !table.partitionKeys.includes(key))
      return unique && !partial && free.length === 1 && free[0] === position
    })
  )
}

function projectOne({ table, rows, rules, told, parents, whole }: SeededTable, statistics: ColumnStatistics): ProjectedColumn {
  const column = table.columns.find(({ name }) => name === statistics.column)
  const said = told.find((one) => one.column === statistics.column)
  const foreignKey = table.foreignKeys.find((key) => key.column === column?.position)
  const parent = foreignKey === undefined ? undefined : parents.get(foreignKey.parent)
  const isFree = said === undefined && foreignKey === undefined && column !== undefined
  const byItself = isFree && continuesByItself(table, column, statistics) ? 'continues' : undefined
  const line = column === undefined ? undefined : valueLine(column.baseType)
  const projected = projectColumn({
    statistics,
    rows,
    rule: rules.get(statistics.column) ?? byItself,
    told: said,
    parent,
    line,
  })
  const above = whole.get(statistics.column)
  const share = above === undefined || line === undefined ? undefined : partOfWhole({ statistics, rows: rows.seeded }, above, line)
  if (share === undefined) return projected
  return { statistics: { ...projected.statistics, bounds: share.bounds }, ends: share.ends, note: undefined }
}

function endsOf(table: CatalogueTable, { column: name, mostCommon, bounds = [] }: ColumnStatistics): readonly [string, string] | undefined {
  const line = valueLine(table.columns.find((column) => column.name === name)?.baseType ?? '')
  const values = [...(mostCommon?.values ?? []), bounds[0], bounds.at(-1)].filter((value) => value !== undefined)
  const placed = values.map((value) => ({ value, place: line?.read(value) }))
  if (placed.length === 0 || placed.some(({ place }) => place === undefined)) return undefined
  const sorted = placed.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))
  return [sorted[0]?.value ?? '', sorted.at(-1)?.value ?? '']
}

/** A table that others inherit from has statistics of itself as well; a partitioned one has only those of everything below it. */
function ownColumns(columns: readonly ColumnStatistics[]): readonly ColumnStatistics[] {
  const own = columns.filter(({ inherited }) => !inherited)
  return own.length === 0 ? columns : own
}

interface IndexedTable {
  readonly table: CatalogueTable
  readonly blockBytes: number
  readonly factor: number
  readonly projected: number
  readonly before: readonly ColumnStatistics[]
  readonly after: readonly ColumnStatistics[]
}

function projectIndex(
  index: CatalogueIndex,
  { table, blockBytes, factor, before, after }: IndexedTable,
): { readonly pages: number; readonly height: number | undefined } {
  if (index.pages === 0) return { pages: 0, height: undefined }
  if (index.method !== 'btree') return { pages: Math.max(1, Math.round(index.pages * factor)), height: undefined }
  const shape = (rows: number, statistics: readonly ColumnStatistics[]): BtreeShape => {
    const columns = index.stored.map((position) => table.columns.find((column) => column.position === position))
    return {
      rows,
      blockBytes,
      fillFactor: index.fillFactor,
      deduplicates: index.deduplicates && index.stored.length === index.keys.length,
      columns,
      statistics: columns.map((column) => statistics.find((one) => one.column === column?.name)),
      isUnique: index.unique,
    }
  }
  return btreeSize(shape(index.rows * factor, after), leafCorrection(shape(index.rows, before), index.pages))
}
