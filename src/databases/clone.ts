import { HotbedError, isHotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { DISK_FULL_REMEDY, isDiskFull } from './disk-full.js'
import type { PostgresAccess } from './postgres-access.js'
import { planMessages } from '../servers/postgres/settings.js'
import { endSessions, letSessionsLeave } from './sessions.js'
import { quoteIdentifier, quoteLiteral, type SqlClient } from './sql-client.js'
import type { Template } from './template.js'

/**
 * Makes a database from a template by copying its files: 8 MB in 6–9 ms, where the default WAL_LOG takes 3–8 times as long.
 * Statistics and visibility map come along byte for byte. Servers before 15 know no STRATEGY and always copy files.
 *
 * @throws {HotbedError} `ERR_HOTBED_CLONE`
 */
export async function createClone(access: PostgresAccess, template: Template, database: string): Promise<void> {
  const { server, admin, tenancy } = access
  const strategy = server.version.major >= 15 && server.rights.copyFiles ? ' STRATEGY FILE_COPY' : ''
  let isMade = false
  try {
    await admin.query(
      `CREATE DATABASE ${quoteIdentifier(database)} TEMPLATE ${quoteIdentifier(template.database)}${strategy} OWNER ${quoteIdentifier(access.owner.user)}`,
    )
    isMade = true
    await tenancy.mark(database, 'suite')
    await applySettings(access, database, [...template.settings, ...plansOf(access)])
  } catch (error) {
    // Without its stamp nobody would ever drop it.
    if (isMade) await dropClone(access, database).catch(() => {})
    throw cloneError(`The database '${database}' could not be made from its template`, error)
  }
}

/** What lets the sessions of a database send plans. */
function plansOf({ server }: PostgresAccess): readonly string[] {
  const { major } = server.version
  if (!server.admin.isSuperuser || server.rights.plansUnavailable !== undefined) return []
  return [
    // A server of ours has it in its own settings.
    ...(server.isShared ? ['session_preload_libraries=auto_explain', ...listSettings(planMessages(major))] : []),
    // From 15 on sessions may switch plans themselves; before, a superuser alone can, for all sessions of the database.
    ...(major < 15 ? ['auto_explain.log_min_duration=0'] : []),
  ]
}

/** Drops a database, ending whatever sessions it has. */
export async function dropClone({ admin }: PostgresAccess, database: string): Promise<void> {
  const { rows } = await admin.query(
    'SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datid = d.oid) AS used FROM pg_database d WHERE datname = $1',
    [database],
  )
  if (rows.length === 0) return
  if (rows[0]?.['used'] === true) {
    await allowConnections(admin, database, false)
    await letSessionsLeave(admin, database)
    await endSessions(admin, database)
  }
  // Whoever has come since is ended by FORCE.
  await admin.query(`DROP DATABASE ${quoteIdentifier(database)} WITH (FORCE)`)
}

/**
 * Puts `fresh` in the place of `database`, under its name. Sessions on `database` are ended: nobody can be connected to a database that
 * is exchanged. Nobody gets in while that is done, so an application that connects again at once cannot hinder it; both names change in one
 * transaction.
 *
 * @returns the name that the old database now has; dropping it is left to the caller
 */
export async function exchangeClone(access: PostgresAccess, database: string, fresh: string): Promise<string> {
  const { admin } = access
  const old = `${fresh}_old`
  try {
    await allowConnections(admin, database, false)
    await endSessions(admin, database)
    await admin.query(
      `ALTER DATABASE ${quoteIdentifier(database)} RENAME TO ${quoteIdentifier(old)}; ALTER DATABASE ${quoteIdentifier(fresh)} RENAME TO ${quoteIdentifier(database)}`,
    )
  } catch (error) {
    await allowConnections(admin, database, true).catch(() => {})
    throw cloneError(`The database '${database}' could not be reset`, error)
  }
  return old
}

async function allowConnections(admin: SqlClient, database: string, allowed: boolean): Promise<void> {
  await admin.query(`ALTER DATABASE ${quoteIdentifier(database)} ALLOW_CONNECTIONS ${allowed}`)
}

/** Settings as pg_db_role_setting has them. */
export function listSettings(settings: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return Object.entries(settings).map(([name, value]) => `${name}=${String(value)}`)
}

/** Gives a database settings as pg_db_role_setting has them, such as `search_path="$user", public`. */
export async function applySettings(access: PostgresAccess, database: string, settings: readonly string[]): Promise<void> {
  const statements = settings.map((setting) => {
    const at = setting.indexOf('=')
    const name = setting.slice(0, at).split('.').map(quoteIdentifier).join('.')
    const value = settingValue(setting.slice(0, at), setting.slice(at + 1))
    return `ALTER DATABASE ${quoteIdentifier(database)} SET ${name} TO ${value}`
  })
  if (statements.length > 0) await access.admin.query(statements.join('; '))
}

/** Lists of names (GUC_LIST_QUOTE of guc_tables.c) are stored quoted already; quoted whole they would be one element. */
const LIST_SETTINGS = new Set(['search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces'])

function settingValue(name: string, value: string): string {
  if (!LIST_SETTINGS.has(name.toLowerCase())) return quoteLiteral(value)
  const names = value.match(/"(?:[^"]|"")*"|[^\s,"]+/g) ?? ['']
  return names.map((item) => quoteLiteral(item.startsWith('"') ? item.slice(1, -1).replaceAll('""', '"') : item)).join(', ')
}

function cloneError(what: string, cause: unknown): HotbedError {
  if (isHotbedError(cause)) return cause
  const { message } = errorFields(cause)
  return new HotbedError('ERR_HOTBED_CLONE', {
    message: `${what}: ${message}`,
    ...(isDiskFull(cause) ? { remedy: DISK_FULL_REMEDY } : {}),
    cause,
  })
}
