import type { ColumnStatistics, TableStatistics } from '../../databases/table-statistics.js'
import type { PlanSession } from '../session.js'
import { arrayText } from './array-text.js'
import { resolveColumns, type ResolvedColumn } from './resolve-columns.js'
import { slotFields } from './statistic-slots.js'

/** A column's statistics as `updateColumns` and the insertion take them. */
export interface ColumnRow extends Omit<ResolvedColumn, 'column'> {
  readonly inherited: boolean
  readonly nulls: number
  readonly width: number
  readonly distinct: number
  readonly values: string | null
  readonly frequencies: string | null
  readonly bounds: string | null
  readonly correlation: number | null
}

const COLUMN_ROWS = `jsonb_to_recordset($1::jsonb) as g (oid oid, position int2, type oid, "collation" oid, equal oid, less oid, inherited bool,
  nulls real, width int, "distinct" real, "values" text, frequencies real[], bounds text, correlation real)`

/**
 * SQL with one parameter, `ColumnRow`s as JSON: statistics are written straight into the catalogue, which works alike on 13 to 18
 * (`pg_restore_attribute_stats` is there from 18 on). Slots of other kinds, such as the elements of arrays, stay.
 */
export function updateColumns(): string {
  const fields = slotFields(true).map(({ name, value }) => `${name} = ${value}`)
  return `update pg_statistic s set stanullfrac = g.nulls, stawidth = g.width, stadistinct = g."distinct", ${fields.join(', ')}
from ${COLUMN_ROWS} where s.starelid = g.oid and s.staattnum = g.position and s.stainherit = g.inherited`
}

function insertColumns(): string {
  const fields = slotFields(false)
  return `insert into pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct, ${fields.map(({ name }) => name).join(', ')})
select g.oid, g.position, g.inherited, g.nulls, g.width, g."distinct", ${fields.map(({ value }) => value).join(', ')} from ${COLUMN_ROWS}
where not exists (select from pg_statistic s where s.starelid = g.oid and s.staattnum = g.position and s.stainherit = g.inherited)`
}

/** The size of a table or index. */
export interface RelationRow {
  readonly oid: number
  readonly rows: number
  readonly pages: number
  readonly visible: number | null
  /** Another file for it. */
  readonly file?: number | undefined
}

/** SQL with one parameter, `RelationRow`s as JSON. */
export const UPDATE_RELATIONS = `update pg_class c set reltuples = g.rows, relpages = g.pages, relallvisible = coalesce(g.visible, c.relallvisible),
  relfilenode = coalesce(g.file, c.relfilenode)
from jsonb_to_recordset($1::jsonb) as g (oid oid, rows real, pages int, visible int, file oid) where c.oid = g.oid`

/**
 * Tells the planner these statistics instead of those it has. It sees them at once, in this session as well; but it takes the size of a table from
 * its file, so rows are only as many when the files have as many pages. Tables, indexes and columns that are not there are left out. Needs a superuser.
 */
export async function writeStatistics(session: PlanSession, tables: readonly TableStatistics[]): Promise<void> {
  const resolved = await resolveColumns(
    session,
    tables.map(({ schema, table }) => ({ schema, name: table })),
  )
  const oids = await readOids(session, tables)
  const columns = tables.flatMap(({ schema, table, columns: own }) =>
    own.flatMap((column) => {
      const found = resolved.find((one) => one.oid === oids.get(`${schema}.${table}`) && one.column === column.column)
      return found === undefined ? [] : [columnRow(found, column)]
    }),
  )
  const relations = tables.flatMap(({ schema, table, rows, pages, allVisiblePages, indexes }): readonly RelationRow[] =>
    [
      { name: table, rows, pages, visible: allVisiblePages },
      ...indexes.map((index) => ({ name: index.name, rows: index.rows, pages: index.pages, visible: null })),
    ].flatMap(({ name, ...size }) => {
      const oid = oids.get(`${schema}.${name}`)
      return oid === undefined ? [] : [{ oid, ...size }]
    }),
  )
  await session.query(updateColumns(), [JSON.stringify(columns)])
  await session.query(insertColumns(), [JSON.stringify(columns)])
  await session.query(UPDATE_RELATIONS, [JSON.stringify(relations)])
}

export function columnRow(resolved: ResolvedColumn, statistics: ColumnStatistics): ColumnRow {
  const { mostCommon, bounds, correlation } = statistics
  const { column: _, ...of } = resolved
  return {
    ...of,
    inherited: statistics.inherited,
    nulls: statistics.nullFraction,
    width: statistics.averageWidth,
    distinct: statistics.distinct,
    values: mostCommon === undefined ? null : arrayText(mostCommon.values),
    frequencies: mostCommon === undefined ? null : `{${mostCommon.frequencies.join(',')}}`,
    bounds: bounds === undefined ? null : arrayText(bounds),
    correlation: correlation ?? null,
  }
}

/** Of tables and their indexes, by schema and name. */
async function readOids(session: PlanSession, tables: readonly TableStatistics[]): Promise<ReadonlyMap<string, number>> {
  const names = tables.flatMap(({ schema, table, indexes }) =>
    [table, ...indexes.map(({ name }) => name)].map((name) => ({ schema, name })),
  )
  const { rows } = await session.query(
    `select c.oid::text as oid, n.nspname || '.' || c.relname as name from jsonb_to_recordset($1::jsonb) as g ("schema" text, name text)
     join pg_namespace n on n.nspname = g."schema" join pg_class c on c.relnamespace = n.oid and c.relname = g.name`,
    [JSON.stringify(names)],
  )
  return new Map(rows.map((row) => [String(row['name']), Number(row['oid'])]))
}
