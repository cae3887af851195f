import { createDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import type { SqlClient } from './sql-client.js'

const END_SESSIONS_MS = 5_000
const LEAVE_MS = 50
const LOOK_AGAIN_MS = 2

/**
 * Waits a moment for sessions that are about to end by themselves. The `end()` of a pool of node-postgres settles before the server has seen the
 * goodbye: a session that is terminated in between is an uncaught error of an application that did everything right.
 */
export async function letSessionsLeave(admin: SqlClient, database: string): Promise<void> {
  const deadline = createDeadline(LEAVE_MS)
  for (;;) {
    const { rows } = await admin.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1 LIMIT 1', [database])
    if (rows.length === 0 || deadline.isOver()) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

/**
 * Ends every session on a database and waits until they are gone. PostgreSQL's own waits (`WITH (FORCE)`, `pg_terminate_backend(pid, timeout)`)
 * look again only after 100 ms; a session ends in 2.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT`
 */
export async function endSessions(admin: SqlClient, database: string): Promise<void> {
  const deadline = createDeadline(END_SESSIONS_MS)
  for (;;) {
    // Again and again: a pool may have connected anew meanwhile.
    const { rowCount } = await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
    if (rowCount === 0) return
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${END_SESSIONS_MS} ms for ${rowCount} sessions on '${database}' to end.`,
      })
    }
  }
}
