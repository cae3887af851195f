import { randomBytes } from 'node:crypto'
import type { ClientConfig } from 'pg'
import { tlsOptions } from '../servers/server-tls.js'
import type { PostgresServer } from '../servers/server.js'
import { explainExit, explainingExit } from './postgres-exit.js'
import { connectSql, createSqlClient, quoteLiteral, type SqlClient } from './sql-client.js'
import { createPrivateTenancy, createSharedTenancy, makeRunName, runSessionName, type Tenancy } from './tenancy.js'

/**
 * The role that owns every suite's database on a server of ours, and that the application logs in as. No superuser, because a superuser bypasses row level
 * security; with the rights a managed service gives its main user.
 */
export const OWNER_ROLE = 'hotbed'

/** Where to, and as whom: the owner of the suites' databases, or the administrator (`PostgresServer.admin`). */
export interface Login {
  readonly database: string
  readonly role: 'owner' | 'admin'
  /** What is looked at and made in it, where the suite has no database of its own. @default as the database has it */
  readonly schema?: string | undefined
}

export interface Credentials {
  readonly user: string
  readonly password: string
}

/** How a server's databases are reached: by TCP with a password for the application, as `PostgresServer.admin` says for ourselves. */
export interface PostgresAccess {
  readonly server: PostgresServer
  /** Whom the application logs in as: on a server of ours a role of ours, on a shared one the role of its URL. */
  readonly owner: Credentials
  /** The administrator's session on the maintenance database. Statements queue up. */
  readonly admin: SqlClient
  readonly tenancy: Tenancy
  readonly url: (login: Login) => string
  readonly connect: (login: Login) => Promise<SqlClient>
  readonly close: () => Promise<void>
}

/** Prepares a server: on one of ours the owner role, with a password of this run. */
export async function openAccess(server: PostgresServer): Promise<PostgresAccess> {
  const owner: Credentials = server.isShared
    ? { user: server.admin.user, password: server.admin.password ?? '' }
    : { user: OWNER_ROLE, password: randomBytes(12).toString('hex') }
  const access = await connectAccess(server, owner)
  if (!server.isShared) await ensureOwner(access, owner.password)
  return access
}

/** Access to a standby: its roles and passwords are those of its primary. */
export async function openStandbyAccess(server: PostgresServer, primary: PostgresAccess): Promise<PostgresAccess> {
  return connectAccess(server, primary.owner)
}

async function connectAccess(server: PostgresServer, owner: Credentials): Promise<PostgresAccess> {
  const { host, port, user, password = '', tls, parameters } = server.admin
  // Poolers refuse options in the start-up message.
  const optionsOf = (schema: string | undefined): ClientConfig =>
    server.isShared ? { options: schema === undefined ? '' : searchPath(schema) } : {}
  const connect = ({ database, role, schema }: Login, named: ClientConfig = {}): Promise<SqlClient> =>
    explainExit(server, `(connect to ${database})`, async () => {
      // Over a socket of our own whoever is there is let in.
      const who = role === 'admin' ? { user, password } : owner
      const ssl = tls === undefined ? false : tlsOptions(tls)
      return explainingExit(await connectSql({ host, port, ...who, database, ssl, ...optionsOf(schema), ...named }), server)
    })
  const connectAdmin = (named?: ClientConfig): Promise<SqlClient> => connect({ database: server.admin.database, role: 'admin' }, named)
  const run = makeRunName()
  const session = server.takeSession?.()
  const admin = await keepConnected(
    () => connectAdmin(server.isShared ? { application_name: runSessionName(run) } : {}),
    session === undefined ? undefined : explainingExit(createSqlClient(session), server),
  )
  return {
    server,
    owner,
    admin,
    connect: (login) => connect(login),
    tenancy: server.isShared ? createSharedTenancy({ admin, run, user, connect: connectAdmin }) : createPrivateTenancy(admin),
    url: ({ database, role, schema }) => {
      const who = role === 'admin' ? { user, password } : owner
      const path = schema === undefined ? '' : `options=${encodeURIComponent(searchPath(schema))}`
      const query = [parameters, path].filter((part) => part !== '').join('&')
      const login = `${encodeURIComponent(who.user)}:${encodeURIComponent(who.password)}`
      return `postgresql://${login}@${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}/${encodeDatabase(database)}${query === '' ? '' : `?${query}`}`
    },
    close: () => admin.close(),
  }
}

/** For the start-up message: unlike SET it outlasts DISCARD ALL and RESET. */
function searchPath(schema: string): string {
  return `-c search_path=${schema}`
}

/** node-postgres decodes a name as `decodeURI` does, others as `decodeURIComponent`: what both understand. */
function encodeDatabase(name: string): string {
  return encodeURI(name).replaceAll('?', '%3F').replaceAll('#', '%23')
}

/** A client that connects again when its session was ended, as a test of lost connections may do to all there are. */
async function keepConnected(connect: () => Promise<SqlClient>, connected: SqlClient | undefined): Promise<SqlClient> {
  let connecting = connected === undefined ? connect() : Promise.resolve(connected)
  await connecting
  let closed = false
  const current = async (): Promise<SqlClient> => {
    const known = connecting
    const client = await known.catch(() => undefined)
    if (client?.isClosed() === false || closed) return known
    // Of several who see it lost, the first connects.
    if (connecting === known) connecting = connect()
    return connecting
  }
  return {
    query: async (text, values) => (await current()).query(text, values),
    close: async () => {
      closed = true
      await (await connecting.catch(() => undefined))?.close()
    },
    isClosed: () => closed,
  }
}

/** Whatever role an application logs in as, the tap switches plans on in its sessions. Before 15 a superuser alone can. */
const ALLOW_PLANS = 'GRANT SET ON PARAMETER auto_explain.log_min_duration TO PUBLIC'
/** Only where the module is loaded. A template that was saved has it already. */
const LACKS_PLANS = `current_setting('auto_explain.log_min_duration', true) IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_parameter_acl WHERE parname = 'auto_explain.log_min_duration')`

async function ensureOwner({ server, admin }: Pick<PostgresAccess, 'server' | 'admin'>, password: string): Promise<void> {
  const lacksPlans = server.version.major >= 15 ? LACKS_PLANS : 'false'
  const { rows } = await admin.query(
    `SELECT EXISTS (SELECT FROM pg_authid WHERE rolname = '${OWNER_ROLE}') AS known, ${lacksPlans} AS lacks_plans`,
  )
  const verb = rows[0]?.['known'] === true ? 'ALTER' : 'CREATE'
  const grant = rows[0]?.['lacks_plans'] === true ? `; ${ALLOW_PLANS}` : ''
  await admin.query(`${verb} ROLE ${OWNER_ROLE} LOGIN CREATEDB CREATEROLE PASSWORD ${quoteLiteral(password)}${grant}`)
}
