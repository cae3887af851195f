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
  const connect = (login: Login): Promise<SqlClient> =>
    explainExit(server, `(connect to ${login.database})`, async () => {
      const { socketDirectory: host, port } = server
      return explainingExit(await connectSql({ host, port, user: login.role, database: login.database }), server)
    })
  const admin = await keepConnected(() => connect({ database: 'postgres', role: 'postgres' }))
  const ownerPassword = randomBytes(12).toString('hex')
  await ensureOwner(admin, ownerPassword)
  const password = (role: Login['role']): string => (role === 'postgres' ? server.adminPassword : ownerPassword)
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

async function ensureOwner(admin: SqlClient, password: string): Promise<void> {
  const { rows } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [OWNER_ROLE])
  const verb = rows.length === 0 ? 'CREATE' : 'ALTER'
  await admin.query(`${verb} ROLE ${OWNER_ROLE} LOGIN CREATEDB CREATEROLE PASSWORD ${quoteLiteral(password)}`)
}
