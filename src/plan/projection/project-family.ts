import type { ColumnProjection, TableProjection, TableStatistics } from '../../databases/table-statistics.js'
import type { PlanScale } from '../plan.js'
import type { CatalogueTable } from './catalogue.js'
import type { ColumnRules } from './column-rules.js'
import type { Family } from './families.js'
import { continuesByItself, projectTable, type ProjectedTable } from './project-table.js'

/** Everything that is at one size, before it is projected. */
export interface SeededFamilies {
  readonly families: readonly Family[]
  /** By the names that the families were asked for. */
  readonly rows: Readonly<Record<string, number>>
  readonly told: readonly TableProjection[]
  /** By `schema.table`. */
  readonly statistics: ReadonlyMap<string, TableStatistics>
  readonly rules: ColumnRules
  readonly blockBytes: number
}

export interface ProjectedPart extends ProjectedTable {
  readonly table: CatalogueTable
}

export interface ProjectedFamilies {
  readonly parts: readonly ProjectedPart[]
  readonly sizes: PlanScale['tables']
  readonly notes: readonly string[]
}

/** Tables with their parts at other sizes: parts share the rows of their table as they do now. Pure. */
export function projectFamilies({ families, rows, told, statistics, rules, blockBytes }: SeededFamilies): ProjectedFamilies {
  const parents = new Map(
    families.map(({ root, name, seeded }) => [
      root.oid,
      { seeded, projected: rows[name] ?? seeded, continues: keyContinues(root, statistics) },
    ]),
  )
  const parts = families.flatMap(({ root, parts: own, seeded, name }) => {
    const factor = (rows[name] ?? seeded) / seeded
    const known = told.find((one) => one.schema === root.schema && one.table === root.name)
    return own.flatMap((table) => {
      const before = statistics.get(`${table.schema}.${table.name}`)
      if (before === undefined) return []
      const part = table.path === null ? seeded : before.rows
      const projected = projectTable({
        table,
        statistics: before,
        rows: { seeded: part, projected: Math.round(part * factor) },
        blockBytes,
        rules: rules.get(root.oid) ?? new Map(),
        told: table.oid === root.oid ? (known?.columns ?? []) : partColumns(table, known?.columns ?? []),
        parents,
      })
      return [{ ...projected, table }]
    })
  })
  return {
    parts,
    sizes: families
      .filter(({ name }) => rows[name] !== undefined)
      .map(({ name, seeded }) => ({ table: name, seeded, projected: rows[name] ?? seeded })),
    notes: [...new Set(parts.flatMap(({ notes }) => notes))],
  }
}

/** What is true of a whole table's column is true of a part's, unless the part was made by that column. */
function partColumns(table: CatalogueTable, told: readonly ColumnProjection[]): readonly ColumnProjection[] {
  const keys = table.columns.filter(({ position }) => table.partitionKeys.includes(position)).map(({ name }) => name)
  return told.filter(({ column }) => !keys.includes(column))
}

/** Whether children may expect further keys to be further numbers. */
function keyContinues(root: CatalogueTable, statistics: ReadonlyMap<string, TableStatistics>): boolean {
  const own = statistics.get(`${root.schema}.${root.name}`)?.columns ?? []
  return root.columns.some((column) => {
    const known = own.find((one) => one.column === column.name)
    const isKey = root.indexes.some(({ unique, keys }) => unique && keys.length === 1 && keys[0] === column.position)
    return known !== undefined && isKey && continuesByItself(root, column, known)
  })
}
