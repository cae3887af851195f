import { afterAll } from 'vitest'
import pg from 'pg'
import { startPostgresServer } from '../../../../src/servers/postgres/start.js'
import type { LocalPostgresServer, PostgresServerOptions } from '../../../../src/servers/server.js'
import { makePlace } from '../place.js'

/** A Postgres as somebody else may run it, which hotbed gets to know by its URL alone. */
export interface ForeignPostgres {
  readonly server: LocalPostgresServer
  /** Of its superuser, unless other credentials are given. */
  readonly url: (login?: {
    readonly user?: string
    readonly password?: string
    readonly database?: string
    readonly parameters?: string
  }) => string
  /** As its superuser. */
  readonly query: (sql: string, database?: string) => Promise<readonly Record<string, unknown>[]>
  readonly databases: () => Promise<readonly string[]>
}

/** Started for a file's tests. */
export async function startForeignPostgres(options: PostgresServerOptions = {}): Promise<ForeignPostgres> {
  const server = await startPostgresServer({ ...options, settings: { max_connections: 60, ...options.settings } }, makePlace())
  afterAll(() => server.stop())
  const query: ForeignPostgres['query'] = async (sql, database = 'postgres') => {
    const client = new pg.Client({ host: server.files.socketDirectory, port: server.port, user: 'postgres', database })
    await client.connect()
    try {
      const answer: unknown = await client.query<Record<string, unknown>>(sql)
      return (Array.isArray(answer) ? answer.at(-1) : answer).rows
    } finally {
      await client.end()
    }
  }
  return {
    server,
    query,
    url: ({ user = 'postgres', password = server.admin.password ?? '', database = 'postgres', parameters = '' } = {}) =>
      `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}${parameters === '' ? '' : `?${parameters}`}`,
    databases: async () => (await query('SELECT datname FROM pg_database ORDER BY 1')).map(({ datname }) => String(datname)),
  }
}
