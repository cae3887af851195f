import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'

export interface StoresOptions {
  readonly databaseUrl: string
  /** Where the files go. */
  readonly directory: string
}

export interface Stores extends StoresOptions {
  readonly pool: pg.Pool
  readonly db: NodePgDatabase
}

/** What one instance has: five connections, for which nobody waits longer than two seconds. */
export function openStores(options: StoresOptions): Stores {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 5, connectionTimeoutMillis: 2_000 })
  return { ...options, pool, db: drizzle(pool) }
}
