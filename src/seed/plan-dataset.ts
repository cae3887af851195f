import type { BoundDataset, BoundTable } from './bind-dataset.js'
import { planConstraints, type LoadPowers } from './constraints.js'
import { orderTables } from './order.js'
import type { StatisticsMode } from './statistics.js'
import { textOfValue } from './text-of-value.js'

/** What a load would do to one table. */
export interface PlannedTable {
  /** `schema.table`. */
  readonly table: string
  /** Rows that would be written. */
  readonly rows: number
  /** Rows that are there already and stay. */
  readonly existingRows: number
  /** Of heap and indexes, estimated from a few rows. */
  readonly bytes: number
  /** On a machine of today, estimated. */
  readonly seconds: number
  /** What each column is filled by; `the server` for defaults and generated columns. */
  readonly columns: Readonly<Record<string, string>>
  readonly indexesRebuilt: readonly string[]
  readonly indexesKept: readonly string[]
  readonly foreignKeysChecked: readonly string[]
  readonly triggersSkipped: readonly string[]
  readonly sequences: readonly string[]
}

/** A dry run: nothing is written. */
export interface LoadPlan {
  /** In the order in which they would be loaded. */
  readonly tables: readonly PlannedTable[]
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
}

const SAMPLED = 50
/** Measured on two cores of 2026: microseconds per row. */
const COST = { row: 0.25, column: 0.09, index: 0.4, keptIndex: 2.5, foreignKey: 0.16, analyze: 0.15, exactColumn: 0.37 }
const HEADER_BYTES = 28
const ENTRY_BYTES = 20

/** Says what a load would do. */
export function planLoad(dataset: BoundDataset, powers: LoadPowers, statistics: StatisticsMode = 'exact'): LoadPlan {
  const wanted = [...dataset.tables.values()].filter(({ rows, from }) => rows > from)
  const tables = orderTables(wanted).flatMap((group) => {
    const plan = planConstraints(dataset.schema, group, powers)
    return group.map((bound): PlannedTable => {
      const { table, columns } = bound
      const rows = bound.rows - bound.from
      const parts = new Set([table.id, ...table.partitions.map(({ id }) => id)])
      const rebuilt = plan.indexes.filter((planned) => parts.has(planned.table.id)).map(({ index }) => index.name)
      const kept =
        rebuilt.length > 0 && table.kind === 'partitioned'
          ? []
          : table.indexes.map(({ name }) => name).filter((name) => !rebuilt.includes(name))
      const checked = plan.foreignKeys.filter((planned) => planned.table.id === table.id).map(({ foreignKey }) => foreignKey.name)
      const micros =
        COST.row +
        COST.column * columns.length +
        COST.index * table.indexes.length +
        (COST.keptIndex - COST.index) * kept.length +
        COST.foreignKey * checked.length +
        COST.analyze +
        (statistics === 'exact' && rows > 30_000 ? COST.exactColumn * table.columns.length : 0)
      return {
        table: table.id,
        rows,
        existingRows: table.existingRows,
        bytes: Math.round(rows * (HEADER_BYTES + rowBytes(bound) + ENTRY_BYTES * table.indexes.length)),
        seconds: (rows * micros) / 1e6,
        columns: Object.fromEntries(
          table.columns.map(({ name }) => [name, columns.find(({ schema }) => schema.name === name)?.kind ?? 'the server']),
        ),
        indexesRebuilt: rebuilt,
        indexesKept: kept,
        foreignKeysChecked: checked,
        triggersSkipped: powers.fireTriggers ? [] : table.triggers.filter(({ enabled }) => enabled === 'O').map(({ name }) => name),
        sequences: columns.flatMap(({ schema }) => schema.sequence?.name ?? []),
      }
    })
  })
  const sum = (of: (table: PlannedTable) => number): number => tables.reduce((total, table) => total + of(table), 0)
  return { tables, rows: sum(({ rows }) => rows), bytes: sum(({ bytes }) => bytes), seconds: sum(({ seconds }) => seconds) }
}

const FIXED: Readonly<Record<string, number>> = {
  bool: 1,
  int2: 2,
  int4: 4,
  int8: 8,
  float4: 4,
  float8: 8,
  date: 4,
  timestamp: 8,
  timestamptz: 8,
  uuid: 16,
  numeric: 8,
}

/** Of an average row, without its header. */
function rowBytes({ columns, from, rows }: BoundTable): number {
  const count = Math.min(SAMPLED, rows - from)
  const step = Math.max(1, Math.floor((rows - from) / count))
  let bytes = 0
  for (const { schema, bound } of columns) {
    for (let i = 0; i < count; i += 1) {
      const value = bound.sql === undefined ? bound.at(from + i * step) : null
      if (value !== null && value !== undefined)
        bytes += FIXED[schema.type.name] ?? Buffer.byteLength(textOfValue(value, schema.type) ?? '') + 1
    }
  }
  return bytes / count
}
