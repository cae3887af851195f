import type { ClientConfig } from 'pg'
import { tlsOptions } from '../../server-tls.js'
import { readPostgresUrl } from './read-url.js'

/**
 * A URL for node-postgres. What it says of TLS is read as libpq has it: node-postgres itself takes `require` for `verify-full`, and knows no
 * `sslmode=verify-ca` that trusts another name.
 */
export function clientConfig(url: string): ClientConfig {
  if (!/[?&]sslmode=(?!disable)/.test(url)) return { connectionString: url }
  const { host, port, user, password, database, tls } = readPostgresUrl(url, 'url')
  const options = new URL(url).searchParams.get('options')
  return {
    host,
    port,
    user,
    password,
    database,
    ssl: tls === undefined ? false : tlsOptions(tls),
    ...(options === null ? {} : { options }),
  }
}
