import type { TableProjection, TableStatistics } from '../../databases/table-statistics.js'
import type { PlanScale } from '../plan.js'
import type { CatalogueTable } from './catalogue.js'
import type { ColumnRules } from './column-rules.js'
import { partitionKeyNames, type Family } from './families.js'
import { continuesByItself, projectTable, type ProjectedTable, type SeededTable } from './project-table.js'

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
export function projectFamilies(seeded: SeededFamilies): ProjectedFamilies {
  const { families, rows, statistics } = seeded
  const parents = new Map(
    families.map(({ root, name, seeded: before }) => [
      root.oid,
      { seeded: before, projected: rows[name] ?? before, continues: keyContinues(root, statistics) },
    ]),
  )
  const projected = families.map((family) => projectFamily(family, seeded, parents))
  return {
    parts: projected.flatMap(({ parts }) => parts),
    sizes: families
      .filter(({ name }) => rows[name] !== undefined)
      .map(({ name, seeded: before }) => ({ table: name, seeded: before, projected: rows[name] ?? before })),
    notes: [...new Set(projected.flatMap(({ parts, notes }) => [...notes, ...parts.flatMap((part) => part.notes)]))],
  }
}

function projectFamily(
  family: Family,
  { rows, told, statistics, rules, blockBytes }: SeededFamilies,
  parents: SeededTable['parents'],
): Pick<ProjectedFamilies, 'parts' | 'notes'> {
  const { root, name, seeded } = family
  const factor = (rows[name] ?? seeded) / seeded
  const keys = partitionKeyNames(family)
  const known = told.find((one) => one.schema === root.schema && one.table === root.name)?.columns ?? []
  const leaving = known.filter(({ column, ends }) => keys.has(column) && ends !== undefined)
  const project = (
    table: CatalogueTable,
    whole: ProjectedTable['rising'],
    before: TableStatistics | undefined = statistics.get(`${table.schema}.${table.name}`),
  ): readonly ProjectedPart[] => {
    if (before === undefined) return []
    const part = table.path === null ? seeded : before.rows
    const projected = projectTable({
      table,
      statistics: before,
      rows: { seeded: part, projected: Math.round(part * factor) },
      blockBytes,
      rules: rules.get(root.oid) ?? new Map(),
      // What is true of a whole table's column is true of a part's, unless the part was made by that column.
      told: known.filter((one) => !leaving.includes(one) && (table.oid === root.oid || !keys.has(one.column))),
      parents,
      whole,
    })
    return [{ ...projected, table }]
  }
  const whole = project(root, new Map(), ordered(family, statistics))
  // A table with rows of its own is no sum of those that inherit from it.
  const rising = root.path === null ? (whole[0]?.rising ?? new Map()) : new Map()
  const parts = family.parts.filter(({ oid }) => oid !== root.oid).flatMap((table) => project(table, rising))
  return { parts: [...whole, ...parts], notes: factor === 1 ? [] : leaving.map(({ column }) => keyNote(name, column)) }
}

/**
 * The statistics of the topmost table. ANALYZE reads a partitioned table part by part, so of rows that were written in order, but into parts by their
 * hash, the whole has no order and its parts have.
 */
function ordered({ root, parts }: Family, statistics: SeededFamilies['statistics']): TableStatistics | undefined {
  const whole = statistics.get(`${root.schema}.${root.name}`)
  if (whole === undefined || root.path !== null) return whole
  const own = parts.flatMap(({ schema, name, path, rows }) =>
    path === null || rows < 2 ? [] : (statistics.get(`${schema}.${name}`) ?? []),
  )
  const columns = whole.columns.map((column) => {
    const found = own.map(({ columns: all }) => all.find((one) => one.column === column.column)?.correlation ?? 0)
    const least = found.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0] ?? 0
    const agree = found.every((one) => Math.sign(one) === Math.sign(least))
    return agree && Math.abs(least) > Math.abs(column.correlation ?? 0) ? { ...column, correlation: least } : column
  })
  return { ...whole, columns }
}

function keyNote(table: string, column: string): string {
  return `${table}.${column} keeps its range, because no part is for later values: the parts share the rows as they do now.`
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
