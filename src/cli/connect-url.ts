import { connectSql, type SqlClient } from '../databases/sql-client.js'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { clientConfig } from '../servers/postgres/external/client-config.js'

const CONNECT_MS = 10_000

/**
 * Connects to a database that is not hotbed's own.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export async function connectUrl(url: string): Promise<SqlClient> {
  // The error of the constructor would show the whole text, with its password.
  if (!URL.canParse(url)) throw unreachable('it is no URL')
  try {
    const { protocol } = new URL(url)
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new Error(`it begins with '${protocol}'`)
    // Poolers such as PgBouncer refuse start-up options.
    return await connectSql({ ...clientConfig(url), connectionTimeoutMillis: CONNECT_MS, options: '' })
  } catch (error) {
    throw unreachable(errorFields(error).message, error)
  }
}

function unreachable(why: string, cause?: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_OPTION', {
    message: `--url names a database that cannot be reached: ${why}.`,
    remedy: 'Give it as postgres://user:password@host:5432/database',
    cause,
  })
}
