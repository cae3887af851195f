import { connectSql, type SqlClient } from '../databases/sql-client.js'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'

const CONNECT_MS = 10_000

/**
 * Connects to a database that is not hotbed's own.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export async function connectUrl(url: string): Promise<SqlClient> {
  try {
    const { protocol } = new URL(url)
    if (protocol !== 'postgres:' && protocol !== 'postgresql:') throw new Error(`it begins with '${protocol}'`)
    // Poolers such as PgBouncer refuse start-up options.
    return await connectSql({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, options: '' })
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `--url names a database that cannot be reached: ${errorFields(error).message}.`,
      remedy: 'Give it as postgres://user:password@host:5432/database',
      cause: error,
    })
  }
}
