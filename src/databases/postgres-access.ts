import { randomBytes } from 'node:crypto'
import type { PostgresServer } from '../servers/server.js'
import { explainExit, explainingExit } from './postgres-exit.js'
import { connectSql, quoteLiteral, type SqlClient } from './sql-client.js'

/**
 * The role that owns every suite's database and that the application logs in as. No superuser, because a superuser bypasses row level
 * security; with the rights a managed service gives its main user.
 */
export const OWNER_ROLE = 'hotbed'

export interface Login {
  readonly database: string
  readonly role: 'hotbed' | 'postgres'
}

/** How a server's databases are reached: by TCP with a password for the application, by the private socket for ourselves. */
export interface PostgresAccess {
  readonly server: PostgresServer
  /** A superuser's session on the maintenance database. Statements queue up. */
  readonly admin: SqlClient
  readonly url: (login: Login) => string
  readonly password: (role: Login['role']) => string
  readonly connect: (login: Login) => Promise<SqlClient>
  readonly close: () => Promise<void>
}

/** Prepares a started server: the owner role, with a password of this run. */
export async function openAccess(server: PostgresServer): Promise<PostgresAccess> {
  const ownerPassword = randomBytes(12).toString('hex')
  const access = await connectAccess(server, (role) => (role === 'postgres' ? server.adminPassword : ownerPassword))
  await ensureOwner(access, ownerPassword)
  return access
}

/** Access to a standby: its roles and passwords are those of its primary. */
export async function openStandbyAccess(server: PostgresServer, primary: PostgresAccess): Promise<PostgresAccess> {
  return connectAccess(server, primary.password)
}

async function connectAccess(server: PostgresServer, password: PostgresAccess['password']): Promise<PostgresAccess> {
  const connect = (login: Login): Promise<SqlClient> =>
    explainExit(server, `(connect to ${login.database})`, async () => {
      const { socketDirectory: host, port } = server
      return explainingExit(await connectSql({ host, port, user: login.role, database: login.database }), server)
    })
  const admin = await keepConnected(() => connect({ database: 'postgres', role: 'postgres' }))
  return {
    server,
    admin,
    password,
    connect,
    url: ({ database, role }) => `postgresql://${role}:${password(role)}@${server.host}:${server.port}/${encodeDatabase(database)}`,
    close: () => admin.close(),
  }
}

/** node-postgres decodes a name as `decodeURI` does, others as `decodeURIComponent`: what both understand. */
function encodeDatabase(name: string): string {
  return encodeURI(name).replaceAll('?', '%3F').replaceAll('#', '%23')
}

/** A client that connects again when its session was ended, as a test of lost connections may do to all there are. */
async function keepConnected(connect: () => Promise<SqlClient>): Promise<SqlClient> {
  let connecting = connect()
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
  const { rows } = await admin.query(`SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS known, ${lacksPlans} AS lacks_plans`, [
    OWNER_ROLE,
  ])
  const verb = rows[0]?.['known'] === true ? 'ALTER' : 'CREATE'
  const grant = rows[0]?.['lacks_plans'] === true ? `; ${ALLOW_PLANS}` : ''
  await admin.query(`${verb} ROLE ${OWNER_ROLE} LOGIN CREATEDB CREATEROLE PASSWORD ${quoteLiteral(password)}${grant}`)
}
