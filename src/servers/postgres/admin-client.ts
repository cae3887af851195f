import type { CountedClient } from './counted-client.js'

/** Where a server's unix socket is. */
export interface SocketAddress {
  readonly socketDirectory: string
  readonly port: number
}

/** Connects as the superuser over the unix socket. The caller ends the client. `pg` is loaded now, not when this file is imported. */
export async function connectAsAdmin({ socketDirectory, port }: SocketAddress, database = 'postgres'): Promise<CountedClient> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    host: socketDirectory,
    port,
    user: 'postgres',
    database,
    ssl: false,
    // Named, so that PGOPTIONS and PGAPPNAME of the environment have no say.
    options: '-c client_min_messages=warning',
    application_name: 'hotbed',
  }) as CountedClient
  // A server that ends takes its connections along; whoever uses the client learns it from the query.
  client.on('error', () => {})
  await client.connect()
  return client
}
