import type { PostgresAccess } from './postgres-access.js'
import { endSessions } from './sessions.js'
import { quoteIdentifier } from './sql-client.js'
import type { Template } from './template.js'

/**
 * Lets a session of the template write its relation cache (`pg_internal.init`). CREATE DATABASE copies it, which PostgreSQL is prepared for
 * (relcache.c, load_relcache_init_file), and the first connection to each clone takes 5 ms instead of 8. A server removes these files when it
 * starts, so this is done once per start, before spares are made.
 */
export async function writeRelationCache(access: PostgresAccess, template: Template): Promise<void> {
  const database = quoteIdentifier(template.database)
  if (template.isSealed) await access.admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
  try {
    const session = await access.connect({ database: template.database, role: 'admin' })
    await session.close()
    await endSessions(access.admin, template.database)
  } finally {
    if (template.isSealed) await access.admin.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
  }
}
