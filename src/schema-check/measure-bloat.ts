import { HotbedError } from '../primitives/error.js'
import { partsOf, rootTables, type Catalogue } from './catalogue.js'
import type { CatalogueSession } from './read-catalogue.js'
import type { TableBloat } from './schema-inspection.js'

/** Where the extension is put while it is asked; the transaction around takes it away. */
const SCHEMA = 'hotbed_pgstattuple'

const INSTALLED =
  "SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pgstattuple'"
const AVAILABLE = "SELECT 1 FROM pg_available_extensions WHERE name = 'pgstattuple'"

/** A table and its TOAST. An empty file is no evidence, and no error either. */
const MEASURE = (schema: string): string => `
SELECT table_oid::bigint AS table, sum(t.table_len)::text AS bytes, sum(t.tuple_len)::text AS live, sum(t.dead_tuple_len)::text AS dead,
  sum(t.free_space)::text AS free, sum(t.dead_tuple_count)::text AS dead_rows
FROM (SELECT c.oid AS table_oid, unnest(array_remove(ARRAY[c.oid, c.reltoastrelid], 0::oid)) AS file
    FROM pg_class c WHERE c.oid = ANY ($1::oid[])) files
  CROSS JOIN LATERAL "${schema.replaceAll('"', '""')}".pgstattuple(file::regclass) t
GROUP BY table_oid`

/**
 * What `pgstattuple` counts in every table, by the number of the table; partitions count for theirs. Every page is read.
 * Called within a transaction that is rolled back.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_EXTENSION` where the server has no pgstattuple
 */
export async function measureBloat(superuser: CatalogueSession, catalogue: Catalogue): Promise<ReadonlyMap<number, TableBloat>> {
  const schema = await providePgstattuple(superuser)
  const roots = rootTables(catalogue)
  const files = roots.flatMap((table) => partsOf(catalogue, table).map(({ oid }) => oid))
  const { rows } = await superuser.query(MEASURE(schema), [files])
  const counted = new Map(rows.map((row) => [Number(row['table']), row]))
  return new Map(
    roots.map((table) => {
      const parts = partsOf(catalogue, table).map(({ oid }) => counted.get(oid))
      const sum = (name: string): number => parts.reduce((total, row) => total + Number(row?.[name] ?? 0), 0)
      const [bytes, deadBytes, freeBytes] = [sum('bytes'), sum('dead'), sum('free')]
      const percent = bytes === 0 ? 0 : ((deadBytes + freeBytes) / bytes) * 100
      return [table.oid, { bytes, liveBytes: sum('live'), deadBytes, freeBytes, deadRows: sum('dead_rows'), percent }]
    }),
  )
}

async function providePgstattuple(superuser: CatalogueSession): Promise<string> {
  const { rows } = await superuser.query(INSTALLED)
  const schema = rows[0]?.['schema']
  if (typeof schema === 'string') return schema
  const available = await superuser.query(AVAILABLE)
  if (available.rows.length === 0) {
    throw new HotbedError('ERR_HOTBED_POSTGRES_EXTENSION', {
      message: 'Bloat is counted by the extension pgstattuple, and this Postgres does not have it.',
      remedy: 'Use a Postgres with its contrib modules (postgresql-contrib), or leave out { bloat: true }.',
    })
  }
  await superuser.query(`CREATE SCHEMA ${SCHEMA}; CREATE EXTENSION pgstattuple SCHEMA ${SCHEMA}`)
  return SCHEMA
}
