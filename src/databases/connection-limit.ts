import { errorFields } from '../primitives/error-fields.js'
import type { PostgresAccess } from './postgres-access.js'
import { quoteIdentifier, type SqlClient } from './sql-client.js'

/**
 * The CONNECTION LIMIT of one database: it needs no restart, and holds for whoever is no superuser, by whatever role and way he comes.
 * PostgreSQL counts all connections to the database (`CountDBConnections`), those of hotbed too, so the limit is always higher by these.
 */
export interface ConnectionLimit {
  readonly current: () => number | undefined
  readonly set: (limit: number | undefined) => Promise<void>
  /** Opens a connection of hotbed's own. */
  readonly open: (connect: () => Promise<SqlClient>) => Promise<SqlClient>
  /** Lifts the limit while work goes on that opens connections by itself. */
  readonly lift: <T>(work: () => Promise<T>) => Promise<T>
}

const TOO_MANY_CONNECTIONS = '53300'
/** An application that connects all the time can take the place that was made for us; not each time. */
const ATTEMPTS = 20
const NONE = -1

export function createConnectionLimit({ admin }: Pick<PostgresAccess, 'admin'>, database: string): ConnectionLimit {
  const own = new Set<SqlClient>()
  let opening = 0
  let limit: number | undefined
  let isLifted = false
  let applied = NONE
  const apply = async (extra = 0): Promise<void> => {
    for (const client of own) if (client.isClosed()) own.delete(client)
    const wanted = limit === undefined || isLifted ? NONE : limit + own.size + opening + extra
    if (wanted === applied) return
    applied = wanted
    await admin.query(`ALTER DATABASE ${quoteIdentifier(database)} CONNECTION LIMIT ${wanted}`)
  }
  const tryToConnect = async (connect: () => Promise<SqlClient>): Promise<SqlClient> => {
    for (let extra = 0; ; extra += 1) {
      await apply(extra)
      try {
        return await connect()
      } catch (error) {
        if (limit === undefined || extra === ATTEMPTS || errorFields(error).code !== TOO_MANY_CONNECTIONS) throw error
      }
    }
  }
  return {
    current: () => limit,
    set: async (to) => {
      limit = to
      await apply()
    },
    open: async (connect) => {
      opening += 1
      let client: SqlClient
      try {
        client = await tryToConnect(connect)
      } catch (error) {
        opening -= 1
        throw error
      }
      opening -= 1
      own.add(client)
      await apply()
      const close = async (): Promise<void> => {
        await client.close()
        own.delete(client)
        // The server may be gone for good.
        if (limit !== undefined) await apply().catch(() => {})
      }
      return { ...client, close }
    },
    lift: async (work) => {
      isLifted = true
      await apply()
      try {
        return await work()
      } finally {
        isLifted = false
        await apply()
      }
    },
  }
}
