import { debug } from '../primitives/debug.js'
import { readOwnerState } from '../primitives/owner.js'
import { quoteIdentifier, type SqlClient } from './sql-client.js'
import { parseStamp, type Stamp } from './stamp.js'
import { runSessionName } from './tenancy.js'

/** A run of another machine that has no session counts as dead after this long: its connection may have been cut, and come back. */
const SILENCE_MS = 3_600_000
/** As long as images in the cache. */
const TEMPLATE_MS = 14 * 86_400_000

const DATABASES = `SELECT datname AS name, shobj_description(d.oid, 'pg_database') AS comment,
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs",
    EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) AS "isUsed",
    pg_has_role(datdba, 'USAGE') AS "isOurs"
  FROM pg_database d WHERE shobj_description(d.oid, 'pg_database') LIKE 'hotbed: {%'`

const SCHEMAS = `SELECT nspname AS name, obj_description(n.oid, 'pg_namespace') AS comment,
    (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs", false AS "isUsed", pg_has_role(nspowner, 'USAGE') AS "isOurs"
  FROM pg_namespace n WHERE obj_description(n.oid, 'pg_namespace') LIKE 'hotbed: {%'`

/**
 * Drops databases that dead runs have left on a shared server: those with our stamp, whose owner is gone, and that nobody is connected to. Never by
 * name, and never with force. Several who sweep at once are in nobody's way.
 *
 * @returns the names of what was dropped
 */
export async function sweepShared(admin: SqlClient): Promise<readonly string[]> {
  return sweep(admin, DATABASES, (name) => `DROP DATABASE ${name}`)
}

/** The same for schemas of the database that the session is in. */
export async function sweepSchemas(admin: SqlClient): Promise<readonly string[]> {
  return sweep(admin, SCHEMAS, (name) => `DROP SCHEMA ${name} CASCADE`)
}

async function sweep(admin: SqlClient, found: string, drop: (name: string) => string): Promise<readonly string[]> {
  const { rows } = await admin.query(found)
  const { rows: sessions } = await admin.query(
    "SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'hotbed run %'",
  )
  const alive = new Set(sessions.map(({ name }) => String(name)))
  const dropped: string[] = []
  for (const { name, comment, nowMs, isUsed, isOurs } of rows) {
    const stamp = parseStamp(comment)
    if (stamp === undefined || isUsed === true || isOurs !== true || !isAbandoned(stamp, Number(nowMs), alive)) continue
    try {
      await admin.query(drop(quoteIdentifier(String(name))))
      dropped.push(String(name))
    } catch (error) {
      // Somebody else sweeps, too, or has just connected.
      debug('not swept: %s: %o', name, error)
    }
  }
  return dropped
}

function isAbandoned({ kind, run, owner, atMs }: Stamp, nowMs: number, alive: ReadonlySet<string>): boolean {
  const ageMs = nowMs - atMs
  if (kind === 'kept') return false
  if (kind === 'template') return ageMs > TEMPLATE_MS
  const state = readOwnerState(owner)
  if (state === 'alive') return false
  if (state === 'dead') return true
  return !alive.has(runSessionName(run)) && ageMs > SILENCE_MS
}
