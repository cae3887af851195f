import { quoteIdentifier, quoteLiteral } from '../../databases/sql-client.js'
import type { TableStatistics } from '../../databases/table-statistics.js'
import type { PlanSchema } from '../plan.js'
import type { PlanSession } from '../session.js'
import { readRelations, type CatalogueRelation } from './catalogue.js'
import { readExtremes, type Extremes } from './ends.js'
import { findFamilies, type Family } from './families.js'
import { reachFiles, type ReachableFiles } from './files-in-reach.js'
import { readStatistics } from './read-statistics.js'
import { resolveColumns, type ResolvedColumn } from './resolve-columns.js'

/** Everything that has to be known of a seeded database before it is projected. The same in all its hollow clones, but for where their files are. */
export interface SeededDatabase {
  readonly layout: ReachableFiles
  readonly families: readonly Family[]
  /** By `schema.table`. */
  readonly statistics: ReadonlyMap<string, TableStatistics>
  readonly resolved: readonly ResolvedColumn[]
  /** By the oid of the table. */
  readonly extremes: ReadonlyMap<number, Extremes>
  readonly relations: readonly CatalogueRelation[]
  /** What plans were told of tables and indexes, by the names of the tables: filled while statements are planned. */
  readonly schemas: Map<string, PlanSchema>
  /** SQL that gives a session what the application's role is set to. */
  readonly settings: string
}

/** Texts are read and written alike, whatever the database is set to; the planner sees its own settings. */
export const PLAIN_TEXTS = `SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1`

/** @throws {HotbedError} as `openProjection` */
export async function readSeeded(
  session: PlanSession,
  { dataDirectory, role, tables }: { readonly dataDirectory: string; readonly role: string; readonly tables: readonly string[] },
): Promise<SeededDatabase> {
  const layout = await reachFiles(session, dataDirectory)
  // Names are looked up as the application does it.
  await session.query(`SET ROLE ${quoteIdentifier(role)}`)
  const families = await findFamilies(session, tables)
  await session.query(`RESET ROLE; BEGIN; ${PLAIN_TEXTS}`)
  const parts = families.flatMap((family) => family.parts)
  const names = parts.map(({ schema, name }) => ({ schema, name }))
  const statistics = new Map((await readStatistics(session, names)).map((one) => [`${one.schema}.${one.table}`, one]))
  const resolved = await resolveColumns(session, names)
  const extremes = new Map<number, Extremes>()
  for (const part of parts) {
    const own = statistics.get(`${part.schema}.${part.name}`)?.columns.filter(({ inherited }) => !inherited)
    if (part.path !== null) extremes.set(part.oid, await readExtremes(session, part, own ?? []))
  }
  const relations = await readRelations(session)
  const settings = await settingsOf(session, role)
  await session.query('COMMIT')
  return { layout, families, statistics, resolved, extremes, relations, settings, schemas: new Map() }
}

async function settingsOf({ query }: PlanSession, role: string): Promise<string> {
  const { rows } = await query(
    `SELECT split_part(setting, '=', 1) AS name, substr(setting, strpos(setting, '=') + 1) AS value
     FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) setting
     WHERE r.rolname = $1 AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) ORDER BY s.setdatabase`,
    [role],
  )
  return rows
    .map((row) => `SELECT set_config(${quoteLiteral(String(row['name']))}, ${quoteLiteral(String(row['value']))}, false);`)
    .join(' ')
}
