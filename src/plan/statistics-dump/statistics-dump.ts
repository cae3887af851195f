import type { ColumnStatistics, TableStatistics } from '../../databases/table-statistics.js'

/** A column's statistics as they are exported. */
export interface DumpedColumn extends ColumnStatistics {
  /** As `format_type` has it, without length. Absent where the dump does not tell. */
  readonly type?: string
  /** Its number, where the dump has that instead of a name. */
  readonly position?: number
}

export interface DumpedTable extends Omit<TableStatistics, 'columns'> {
  readonly columns: readonly DumpedColumn[]
}

/** What the planner of another server is told, in a file: no rows, but, unless they were left out, values of columns. */
export interface StatisticsDump {
  readonly format: 1
  /** `16.4`, of the server that it is from. */
  readonly postgresVersion: string
  /**
   * Tables, partitions and materialised views. An index over expressions has statistics of its own: it is an entry under its own name, with the
   * expressions as columns.
   */
  readonly tables: readonly DumpedTable[]
}

/** A table or index of a dump. `pg_dump` does not tell which it is. */
export interface DumpedRelation {
  readonly schema: string
  readonly name: string
  /** `pg_class.reltuples`; -1 when it was never analysed. */
  readonly rows: number
  readonly pages: number
  readonly allVisiblePages: number
  readonly columns: readonly DumpedColumn[]
}

/** All tables and indexes of a dump, each once. */
export function relationsOf({ tables }: StatisticsDump): readonly DumpedRelation[] {
  const relations = new Map<string, DumpedRelation>()
  for (const { schema, table, rows, pages, allVisiblePages, columns, indexes } of tables) {
    relations.set(`${schema}.${table}`, { schema, name: table, rows, pages, allVisiblePages, columns })
    for (const index of indexes) {
      const key = `${schema}.${index.name}`
      const own = relations.get(key)
      relations.set(key, { schema, ...index, allVisiblePages: 0, columns: own?.columns ?? [] })
    }
  }
  // An index over expressions comes as an entry as well, before or after its table.
  for (const { schema, table, columns } of tables) {
    const one = relations.get(`${schema}.${table}`)
    if (one !== undefined && one.columns.length === 0) relations.set(`${schema}.${table}`, { ...one, columns })
  }
  return [...relations.values()]
}
