import type { Settings } from '../settings.js'

/** What comes with every Postgres from 13 on, by its contrib modules (PostgreSQL's documentation, appendix F). */
export const CONTRIB_EXTENSIONS: ReadonlySet<string> = new Set(
  [
    'amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore',
    'insert_username intagg intarray isn lo ltree moddatetime pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_trgm',
    'pg_visibility pgcrypto pgrowlocks pgstattuple plpgsql postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows tsm_system_time',
    'unaccent uuid-ossp xml2',
  ].flatMap((names) => names.split(' ')),
)

/**
 * The extensions that decide which Postgres is taken, in order; `undefined` when there are none. The others are everywhere: stacks that differ
 * in these alone share a server. Control files in places of the user's own (`extension_control_path`, from 18 on) are known to the server alone.
 */
export function decidingExtensions(extensions: readonly string[] = [], settings: Settings = {}): readonly string[] | undefined {
  if (Object.keys(settings).some((name) => name.toLowerCase() === 'extension_control_path')) return undefined
  const deciding = new Set(extensions.filter((name) => !CONTRIB_EXTENSIONS.has(name)))
  return deciding.size === 0 ? undefined : [...deciding].toSorted()
}
