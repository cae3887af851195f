import { readRestoreCall, type Literal } from './call-arguments.js'
import { parseArray } from './parse-array.js'
import { sqlStatements } from './sql-statements.js'
import type { DumpedColumn, DumpedRelation } from './statistics-dump.js'

/** The statistics in what `pg_dump --statistics-only` writes as plain SQL. */
export interface ParsedPgDump {
  /** `18.3`; '' where no call says it. */
  readonly postgresVersion: string
  readonly relations: readonly DumpedRelation[]
  /** Calls that could not be read. */
  readonly unreadable: number
}

type Values = ReadonlyMap<string, Literal>

/** Reads the calls of `pg_restore_relation_stats` and `pg_restore_attribute_stats`; everything else in the text is passed over. */
export function parsePgDump(text: string): ParsedPgDump {
  const relations = new Map<string, DumpedRelation>()
  const columns = new Map<string, DumpedColumn[]>()
  let version = 0
  let unreadable = 0
  for (const statement of sqlStatements(text)) {
    if (!/^SELECT\b[^(]*\bpg_restore_(?:relation|attribute)_stats\b/i.test(statement)) continue
    const call = readRestoreCall(statement)
    const schema = call?.values.get('schemaname')
    const name = call?.values.get('relname')
    const column = call?.of === 'attribute' ? readColumn(call.values) : undefined
    if (typeof schema !== 'string' || typeof name !== 'string' || (call?.of === 'attribute' && column === undefined)) {
      unreadable += 1
      continue
    }
    version ||= Number(call?.values.get('version') ?? 0)
    const key = `${schema}.${name}`
    if (column !== undefined) columns.set(key, [...(columns.get(key) ?? []), column])
    else if (call !== undefined) relations.set(key, readRelation(schema, name, call.values))
  }
  return {
    postgresVersion: version === 0 ? '' : `${Math.floor(version / 10_000)}.${version % 10_000}`,
    relations: [...relations].map(([key, relation]) => ({ ...relation, columns: columns.get(key) ?? [] })),
    unreadable,
  }
}

function readRelation(schema: string, name: string, values: Values): DumpedRelation {
  return {
    schema,
    name,
    rows: numberOf(values, 'reltuples') ?? -1,
    pages: numberOf(values, 'relpages') ?? 0,
    allVisiblePages: numberOf(values, 'relallvisible') ?? 0,
    columns: [],
  }
}

function readColumn(values: Values): DumpedColumn | undefined {
  const name = values.get('attname')
  const position = numberOf(values, 'attnum')
  if (typeof name !== 'string' && position === undefined) return undefined
  const common = arrayOf(values, 'most_common_vals')
  const frequencies = arrayOf(values, 'most_common_freqs')?.map(Number)
  return {
    column: name ?? '',
    ...(position === undefined ? {} : { position }),
    inherited: /^t/i.test(values.get('inherited') ?? ''),
    nullFraction: numberOf(values, 'null_frac') ?? 0,
    averageWidth: numberOf(values, 'avg_width') ?? 0,
    distinct: numberOf(values, 'n_distinct') ?? 0,
    mostCommon: common === undefined || frequencies?.length !== common.length ? undefined : { values: common, frequencies },
    bounds: arrayOf(values, 'histogram_bounds'),
    correlation: numberOf(values, 'correlation'),
  }
}

function numberOf(values: Values, name: string): number | undefined {
  const text = values.get(name)
  const number = text === undefined || text === null || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : undefined
}

function arrayOf(values: Values, name: string): readonly string[] | undefined {
  const text = values.get(name)
  return text === undefined || text === null ? undefined : parseArray(text)
}
