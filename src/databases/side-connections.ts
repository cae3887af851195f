import { HotbedError } from '../primitives/error.js'
import { OWNER_ROLE, type PostgresAccess } from './postgres-access.js'
import type { QueryResult, SqlClient } from './sql-client.js'

/** hotbed's own connections to one suite's database: opened when needed, never counted by a recording. */
export interface SideConnections {
  readonly query: (sql: string, params: readonly unknown[] | undefined, session?: number) => Promise<QueryResult>
  /** @param as the owner when nothing is said */
  readonly openSession: (as?: 'superuser') => Promise<number>
  /** Takes on a connection that was opened elsewhere. */
  readonly addSession: (client: SqlClient) => number
  readonly closeSession: (session: number) => Promise<void>
  /** Ends them all; a later query opens new ones. */
  readonly close: () => Promise<void>
}

/** The session number of the shared connection. */
const SHARED = 0

export function createSideConnections(access: PostgresAccess, database: string): SideConnections {
  const sessions = new Map<number, Promise<SqlClient>>()
  let lastSession = SHARED
  const connect = (session: number, as?: 'superuser'): Promise<SqlClient> => {
    const connecting = access.connect({ database, role: as === 'superuser' ? 'postgres' : OWNER_ROLE })
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
      await connect(session, as)
      return session
    },
    addSession: (client) => {
      lastSession += 1
      sessions.set(lastSession, Promise.resolve(client))
      return lastSession
    },
    closeSession: async (session) => {
      const client = sessions.get(session)
      sessions.delete(session)
      await (await client)?.close()
    },
    close: async () => {
      const open = [...sessions.values()]
      sessions.clear()
      await Promise.all(open.map(async (client) => (await client.catch(() => undefined))?.close()))
    },
  }
}
