import { HotbedError } from '../../primitives/error.js'
import type { PlanSession } from '../session.js'
import type { DumpedColumn, DumpedTable, StatisticsDump } from './statistics-dump.js'

/** What is written. */
export interface ExportOptions {
  /** With most common values and histogram bounds, which are samples of the data. @default true */
  readonly values?: boolean
}

/** The oldest server whose catalogue is read. */
const OLDEST = 13

/** Values as any server reads them, whatever the session of this one prefers. */
const PLAIN_OUTPUT = `SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 60000; SET LOCAL lock_timeout = 5000`

/**
 * Only `pg_class` and `pg_stats`. The planner takes the pages that a file has now, and as many rows as it then has when each page has as many as when
 * it was last analysed: just that is exported.
 */
const EXPORT_QUERY = `
WITH own AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, c.relallvisible
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), indexes AS MATERIALIZED (
  SELECT x.indrelid, i.oid, i.relname, i.relkind, i.reltuples, i.relpages, i.relallvisible, own.nspname, x.indexprs IS NOT NULL AS has_expressions
  FROM own JOIN pg_index x ON x.indrelid = own.oid JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indisvalid
), sized AS MATERIALIZED (
  SELECT *, CASE WHEN relkind IN ('p', 'I') THEN greatest(relpages, 0) ELSE coalesce(pg_relation_size(oid), 0) / current_setting('block_size')::int END AS pages
  FROM (SELECT oid, relkind, reltuples, relpages FROM own UNION ALL SELECT oid, relkind, reltuples, relpages FROM indexes) all_of_them
), measured AS MATERIALIZED (
  SELECT oid, pages, CASE WHEN relpages > 0 AND relkind NOT IN ('p', 'I') AND reltuples >= 0 THEN round(reltuples::numeric / relpages * pages) ELSE reltuples::numeric END AS rows
  FROM sized
), described AS (
  SELECT oid, nspname, relname, relallvisible, NULL::oid AS table FROM own
  UNION ALL SELECT oid, nspname, relname, relallvisible, indrelid FROM indexes WHERE has_expressions
)
SELECT current_setting('server_version') AS version, (coalesce(json_agg(json_build_object(
  'schema', d.nspname, 'table', d.relname, 'rows', m.rows, 'pages', m.pages, 'allVisiblePages', d.relallvisible,
  'columns', (SELECT coalesce(json_agg(json_build_object(
      'column', s.attname, 'type', format_type(a.atttypid, NULL), 'inherited', s.inherited, 'nullFraction', s.null_frac, 'averageWidth', s.avg_width,
      'distinct', s.n_distinct, 'values', CASE WHEN $1::bool THEN s.most_common_vals::text::text[] END,
      'frequencies', CASE WHEN $1::bool THEN s.most_common_freqs END,
      'bounds', CASE WHEN $1::bool THEN s.histogram_bounds::text::text[] END, 'correlation', s.correlation
    ) ORDER BY a.attnum, s.inherited), '[]')
    FROM pg_stats s JOIN pg_attribute a ON a.attrelid = d.oid AND a.attname = s.attname
    WHERE s.schemaname = d.nspname AND s.tablename = d.relname),
  'indexes', (SELECT coalesce(json_agg(json_build_object('name', i.relname, 'rows', im.rows, 'pages', im.pages) ORDER BY i.relname), '[]')
    FROM indexes i JOIN measured im ON im.oid = i.oid WHERE i.indrelid = d.oid)
) ORDER BY d.nspname, d.relname), '[]'))::text AS tables
FROM described d JOIN measured m USING (oid)`

/**
 * Takes the planner's statistics from a server, 13 or newer, without reading any table: in a read-only transaction, by any role that may read the
 * tables (others see no statistics of their columns in `pg_stats`).
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` for a server older than 13
 */
export async function exportStatistics(session: PlanSession, { values = true }: ExportOptions = {}): Promise<StatisticsDump> {
  await session.query('BEGIN READ ONLY')
  try {
    await session.query(PLAIN_OUTPUT)
    const version = await session.query("SELECT current_setting('server_version_num')::int AS number")
    if (Number(version.rows[0]?.['number']) < OLDEST * 10_000) {
      throw new HotbedError('ERR_HOTBED_PLAN', {
        message: `Statistics are exported from Postgres ${OLDEST} and newer; this server is older.`,
      })
    }
    const { rows } = await session.query(EXPORT_QUERY, [values])
    const found = JSON.parse(String(rows[0]?.['tables'])) as readonly RawTable[]
    return {
      format: 1,
      postgresVersion: String(rows[0]?.['version']).split(' ')[0] ?? '',
      tables: found.map((table): DumpedTable => ({ ...table, columns: table.columns.map(readColumn) })),
    }
  } finally {
    // When the connection is gone there is nothing to end, and its own error is the one to be told.
    await session.query('ROLLBACK').catch(() => {})
  }
}

interface RawTable extends Omit<DumpedTable, 'columns'> {
  readonly columns: readonly RawColumn[]
}

interface RawColumn extends Omit<DumpedColumn, 'mostCommon' | 'bounds' | 'correlation'> {
  readonly values: readonly string[] | null
  readonly frequencies: readonly number[] | null
  readonly bounds: readonly string[] | null
  readonly correlation: number | null
}

function readColumn({ values, frequencies, bounds, correlation, ...column }: RawColumn): DumpedColumn {
  return {
    ...column,
    mostCommon: values === null || frequencies === null ? undefined : { values, frequencies },
    bounds: bounds ?? undefined,
    correlation: correlation ?? undefined,
  }
}
