import { createDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import type { SqlClient } from './sql-client.js'

const END_SESSIONS_MS = 5_000

/**
 * Ends every session on a database and waits until they are gone. PostgreSQL's own waits (`WITH (FORCE)`, `pg_terminate_backend(pid, timeout)`)
 * look again only after 100 ms; a session ends in 2.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT`
 */
export async function endSessions(admin: SqlClient, database: string): Promise<void> {
  const deadline = createDeadline(END_SESSIONS_MS)
  const { rowCount } = await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
  for (let left = rowCount ?? 0; left > 0;) {
    const { rows } = await admin.query('SELECT count(*)::int AS left FROM pg_stat_activity WHERE datname = $1', [database])
    left = Number(rows[0]?.['left'])
    if (left > 0 && deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${END_SESSIONS_MS} ms for ${left} sessions on '${database}' to end.`,
      })
    }
  }
}
