import type { ClientConfig } from 'pg'
import { tlsOptions, type ServerTls } from '../../server-tls.js'
import { readPostgresUrl, type PostgresAddress } from './read-url.js'

/**
 * A URL for node-postgres. What it says of TLS is read as libpq has it: node-postgres itself takes `require` for `verify-full`, and knows no
 * `sslmode=verify-ca` that trusts another name.
 */
export function clientConfig(url: string): ClientConfig {
  if (!/[?&]sslmode=(?!disable)/.test(url)) return { connectionString: url }
  const address = readPostgresUrl(url, 'url')
  const options = new URL(url).searchParams.get('options')
  return { ...addressConfig(address, address.tls), ...(options === null ? {} : { options }) }
}

/** An address for node-postgres, by TLS or without. */
export function addressConfig({ host, port, user, password, database }: PostgresAddress, tls: ServerTls | undefined): ClientConfig {
  return { host, port, user, password, database, ssl: tls === undefined ? false : tlsOptions(tls) }
}
