import { HotbedError } from '../primitives/error.js'
import type { PostgresAccess } from './postgres-access.js'
import type { QueryResult, SqlClient } from './sql-client.js'

/** hotbed's own connections to one suite's database: opened when needed, never counted by a recording. */
export interface SideConnections {
  readonly query: (sql: string, params: readonly unknown[] | undefined, session?: number) => Promise<QueryResult>
  /** @param as the owner when nothing is said */
  readonly openSession: (as?: 'superuser') => Promise<number>
  /** Takes on a connection that was opened elsewhere, to another database. */
  readonly addSession: (client: SqlClient) => number
  readonly closeSession: (session: number) => Promise<void>
  /** Ends them all; a later query opens new ones. */
  readonly close: () => Promise<void>
}

/** The session number of the shared connection. */
const SHARED = 0

/** @param counted opens a connection, where somebody counts those that are open */
export function createSideConnections(
  access: PostgresAccess,
  database: string,
  counted: (open: () => Promise<SqlClient>) => Promise<SqlClient> = (open) => open(),
): SideConnections {
  const sessions = new Map<number, Promise<SqlClient>>()
  /** Sessions of the owner, opened here. */
  const owned = new Set<number>()
  let lastSession = SHARED
  /** One that was used and is as good as new: connecting takes longer than most of what a session is opened for. */
  let idle: SqlClient | undefined
  const connect = (session: number, as?: 'superuser'): Promise<SqlClient> => {
    const connecting = counted(() => access.connect({ database, role: as === 'superuser' ? 'admin' : 'owner' }))
    sessions.set(session, connecting)
    connecting.catch(() => {
      if (sessions.get(session) === connecting) sessions.delete(session)
    })
    return connecting
  }
  const shared = async (): Promise<SqlClient> => {
    const known = sessions.get(SHARED) ?? connect(SHARED)
    const client = await known
    // A test may have ended it (pg_terminate_backend, restart): the next statement deserves a working one.
    if (!client.isClosed()) return client
    const current = sessions.get(SHARED)
    return current === known || current === undefined ? connect(SHARED) : current
  }
  const find = (session: number): Promise<SqlClient> => {
    const client = session === SHARED ? shared() : sessions.get(session)
    if (client === undefined)
      throw new HotbedError('ERR_HOTBED_QUERY', {
        message: `The side session ${session} has been closed.`,
      })
    return client
  }
  return {
    query: async (sql, params, session = SHARED) => (await find(session)).query(sql, params),
    openSession: async (as) => {
      lastSession += 1
      const session = lastSession
      const known = as === undefined && idle?.isClosed() === false ? idle : undefined
      if (known === undefined) await connect(session, as)
      else {
        idle = undefined
        sessions.set(session, Promise.resolve(known))
      }
      if (as === undefined) owned.add(session)
      return session
    },
    addSession: (client) => {
      lastSession += 1
      sessions.set(lastSession, Promise.resolve(client))
      return lastSession
    },
    closeSession: async (session) => {
      const client = await sessions.get(session)
      sessions.delete(session)
      if (owned.delete(session) && client !== undefined && (await isRenewed(client)) && idle === undefined) idle = client
      else await client?.close()
    },
    close: async () => {
      const open = [...sessions.values(), ...(idle === undefined ? [] : [Promise.resolve(idle)])]
      sessions.clear()
      owned.clear()
      idle = undefined
      await Promise.all(open.map(async (client) => (await client.catch(() => undefined))?.close()))
    },
  }
}

/** Nothing of what it was used for is left. */
async function isRenewed(client: SqlClient): Promise<boolean> {
  if (client.isClosed()) return false
  return client.query('DISCARD ALL').then(
    () => true,
    // It is in a transaction, or gone.
    () => false,
  )
}
