import type { ColumnStatistics, TableStatistics } from '../../databases/table-statistics.js'
import type { TableName } from '../read-schema.js'
import type { PlanSession } from '../session.js'
import { slotOfKind } from './statistic-slots.js'

/** Kinds of slots in pg_statistic (PostgreSQL sources, catalog/pg_statistic.h). */
const MCV = 1
const HISTOGRAM = 2
const CORRELATION = 3

/** Asked tables, everything below them that has a file or statistics, and their indexes where those have statistics of expressions. */
const STATISTICS_QUERY = `
with recursive asked as (
  select distinct to_regclass(coalesce(quote_ident("schema") || '.', '') || quote_ident(name))::oid as oid
  from jsonb_to_recordset($1::jsonb) as asked ("schema" text, name text)
), family as (
  select oid from asked where oid is not null
  union
  select inherits.inhrelid from family join pg_inherits inherits on inherits.inhparent = family.oid
), tables as (
  select c.oid from family join pg_class c using (oid) where c.relkind in ('r', 'p', 'm')
), indexes as (
  select x.indrelid, x.indexrelid, i.relname, i.reltuples, i.relpages
  from tables join pg_index x on x.indrelid = tables.oid join pg_class i on i.oid = x.indexrelid
), described as (
  select oid from tables
  union all
  select indexrelid from indexes where exists (select from pg_statistic s where s.starelid = indexes.indexrelid)
)
select coalesce(jsonb_agg(jsonb_build_object(
  'schema', n.nspname, 'table', c.relname, 'rows', c.reltuples, 'pages', c.relpages, 'allVisiblePages', c.relallvisible,
  'columns', (select coalesce(jsonb_agg(jsonb_build_object(
      'column', a.attname, 'inherited', s.stainherit, 'nullFraction', s.stanullfrac, 'averageWidth', s.stawidth, 'distinct', s.stadistinct,
      'values', ${slotOfKind(MCV, 'stavalues')}::text::text[], 'frequencies', ${slotOfKind(MCV, 'stanumbers')},
      'bounds', ${slotOfKind(HISTOGRAM, 'stavalues')}::text::text[], 'correlation', (${slotOfKind(CORRELATION, 'stanumbers')})[1]
    ) order by a.attnum, s.stainherit), '[]')
    from pg_statistic s join pg_attribute a on a.attrelid = s.starelid and a.attnum = s.staattnum where s.starelid = c.oid and not a.attisdropped),
  'indexes', (select coalesce(jsonb_agg(jsonb_build_object('name', i.relname, 'rows', i.reltuples, 'pages', i.relpages) order by i.relname), '[]')
    from indexes i where i.indrelid = c.oid)
) order by n.nspname, c.relname), '[]')::text as tables
from described join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace`

/**
 * What the planner is told of tables, their partitions and indexes. Names without a schema are looked for on the search path; tables that are
 * not there are left out. An index over expressions has statistics of its own: it comes as an entry under its own name, with the expressions as
 * columns. Needs a superuser, or the owner of the tables.
 */
export async function readStatistics(session: PlanSession, tables: readonly TableName[]): Promise<readonly TableStatistics[]> {
  const asked = JSON.stringify(tables.map(({ schema = null, name }) => ({ schema, name })))
  const { rows } = await session.query(STATISTICS_QUERY, [asked])
  const found = JSON.parse(String(rows[0]?.['tables'])) as readonly RawTable[]
  return found.map((table) => ({ ...table, columns: table.columns.map(readColumn) }))
}

interface RawTable extends Omit<TableStatistics, 'columns'> {
  readonly columns: readonly RawColumn[]
}

interface RawColumn extends Omit<ColumnStatistics, 'mostCommon' | 'bounds' | 'correlation'> {
  readonly values: readonly string[] | null
  readonly frequencies: readonly number[] | null
  readonly bounds: readonly string[] | null
  readonly correlation: number | null
}

function readColumn({ values, frequencies, bounds, correlation, ...column }: RawColumn): ColumnStatistics {
  return {
    ...column,
    mostCommon: values === null || frequencies === null ? undefined : { values, frequencies },
    bounds: bounds ?? undefined,
    correlation: correlation ?? undefined,
  }
}
