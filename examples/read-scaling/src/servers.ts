import pg from 'pg'

/** A primary, and a replica of it that reads are to be taken to. */
export interface Servers {
  readonly primary: pg.Pool
  readonly replica: pg.Pool
}

export interface ServerUrls {
  readonly primaryUrl: string
  readonly replicaUrl: string
}

export function openServers({ primaryUrl, replicaUrl }: ServerUrls): Servers {
  return { primary: openPool(primaryUrl), replica: openPool(replicaUrl) }
}

/** A server may end a connection that idles; the pool opens another. */
function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4 })
  pool.on('error', () => {})
  return pool
}
