import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { createClone, dropClone } from './clone.js'
import { DISK_FULL_REMEDY, isDiskFull } from './disk-full.js'
import type { PostgresAccess } from './postgres-access.js'
import type { SqlClient } from './sql-client.js'
import type { Template } from './template.js'

/**
 * Makes the hollow database of a template: the same catalogues and statistics, every table empty. Planning at another size starts from it, so
 * that its cost does not depend on the data. The rows are not missed: the planner asks the files for their size, and whoever plans extends them.
 *
 * @param database its name
 * @throws {HotbedError} `ERR_HOTBED_CLONE`
 */
export async function makeHollow(access: PostgresAccess, template: Template, database: string): Promise<Template> {
  await createClone(access, template, database)
  try {
    const superuser = await access.connect({ database, role: 'admin' })
    try {
      await emptyTables(superuser)
    } finally {
      await superuser.close()
    }
    await access.admin.query(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`)
  } catch (error) {
    await dropClone(access, database).catch(() => {})
    throw new HotbedError('ERR_HOTBED_CLONE', {
      message: `The hollow database of the template could not be made: ${errorFields(error).message}`,
      ...(isDiskFull(error) ? { remedy: DISK_FULL_REMEDY } : {}),
      cause: error,
    })
  }
  return { database, settings: template.settings, bytes: 8_000_000, isSealed: true }
}

/** Tables, with their indexes and TOAST, that are not the server's own. A materialised view cannot be emptied and stay readable: it keeps its rows. */
const OWN_TABLES = `SELECT oid FROM pg_class
  WHERE relkind = 'r' AND relpersistence <> 't' AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')`

/** TRUNCATE forgets what the planner was told of a table's size; the statistics of its columns stay. */
const SIZES = `WITH own AS (${OWN_TABLES}), toast AS (SELECT reltoastrelid AS oid FROM pg_class JOIN own USING (oid) WHERE reltoastrelid <> 0),
  whole AS (SELECT oid FROM own UNION ALL SELECT oid FROM toast)
  SELECT coalesce(json_agg(json_build_object('oid', c.oid::bigint, 'relpages', relpages, 'reltuples', reltuples, 'relallvisible', relallvisible)), '[]')::text AS sizes
  FROM pg_class c WHERE c.oid IN (SELECT oid FROM whole UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM whole))`

const PUT_SIZES_BACK = `UPDATE pg_class c SET relpages = s.relpages, reltuples = s.reltuples, relallvisible = s.relallvisible
  FROM json_to_recordset($1::json) AS s (oid oid, relpages int, reltuples real, relallvisible int) WHERE c.oid = s.oid`

/**
 * Partitioned tables are named as well, because a foreign key may be theirs alone; but for those with a foreign table below them, since TRUNCATE
 * would go on to the other server.
 */
const TRUNCATED = `SELECT string_agg(CASE c.relkind WHEN 'r' THEN 'ONLY ' ELSE '' END || c.oid::regclass::text, ', ') AS list
  FROM pg_class c WHERE oid IN (${OWN_TABLES}) OR (relkind = 'p'
    AND NOT EXISTS (SELECT FROM pg_partition_tree(c.oid) t JOIN pg_class part ON part.oid = t.relid WHERE part.relkind = 'f'))`

async function emptyTables(superuser: SqlClient): Promise<void> {
  const { rows: tables } = await superuser.query(TRUNCATED)
  const list = tables[0]?.['list']
  if (typeof list !== 'string') return
  const { rows } = await superuser.query(SIZES)
  await superuser.query('BEGIN')
  // Else triggers on TRUNCATE would fire.
  await superuser.query('SET LOCAL session_replication_role = replica')
  await superuser.query(`TRUNCATE ${list}`)
  await superuser.query(PUT_SIZES_BACK, [rows[0]?.['sizes']])
  await superuser.query('COMMIT')
}
