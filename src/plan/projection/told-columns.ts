import type { TableStatistics } from '../../databases/table-statistics.js'
import type { CatalogueTable } from './catalogue.js'
import type { ProjectedFamilies } from './project-family.js'
import type { ResolvedColumn } from './resolve-columns.js'
import { columnRow, type ColumnRow } from './write-statistics.js'

/** What the planner has been told of columns: most of them are the same at every size, and are not told again. */
export interface ToldColumns {
  /** Statistics that the planner does not have yet; `remember` once it has them. */
  readonly changed: (projected: ProjectedFamilies) => { readonly rows: readonly ColumnRow[]; readonly remember: () => void }
}

/** @param statistics what it has been told at first, by `schema.table` */
export function createToldColumns(
  parts: readonly CatalogueTable[],
  statistics: ReadonlyMap<string, TableStatistics>,
  resolved: readonly ResolvedColumn[],
): ToldColumns {
  const known = new Map<string, string>()
  const rowsOf = (table: CatalogueTable, told: TableStatistics): readonly ColumnRow[] =>
    told.columns.flatMap((column) => {
      const found = resolved.find((one) => one.oid === table.oid && one.column === column.column)
      return found === undefined ? [] : [columnRow(found, column)]
    })
  const keyOf = ({ oid, position, inherited }: ColumnRow): string => `${oid}.${position}.${String(inherited)}`
  for (const part of parts) {
    const told = statistics.get(`${part.schema}.${part.name}`)
    if (told !== undefined) for (const row of rowsOf(part, told)) known.set(keyOf(row), JSON.stringify(row))
  }
  return {
    changed: (projected) => {
      const rows = projected.parts
        .flatMap(({ table, statistics: told }) => rowsOf(table, told))
        .map((row) => ({ row, text: JSON.stringify(row) }))
        .filter(({ row, text }) => known.get(keyOf(row)) !== text)
      return {
        rows: rows.map(({ row }) => row),
        remember: () => {
          for (const { row, text } of rows) known.set(keyOf(row), text)
        },
      }
    },
  }
}
