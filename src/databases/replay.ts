import { createDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import type { PostgresAccess } from './postgres-access.js'
import type { SqlClient } from './sql-client.js'

const LOOK_AGAIN_MS = 2
const SHOWN_LOG_LINES = 12

/** Where a server's log is, as PostgreSQL writes it: `0/3000148`. */
export type LogPosition = string

/** The end of the log that the primary has written out. What a standby can have is never more. */
export async function readLogEnd({ admin }: Pick<PostgresAccess, 'admin'>): Promise<LogPosition> {
  return readPosition(admin, 'pg_current_wal_flush_lsn()')
}

/**
 * Where the primary's log goes on: all that is committed lies before, also what has not been flushed. At the begin of a page that is behind the page's
 * header, which no standby ever replays (XLogBytePosToRecPtr and XLogBytePosToEndRecPtr of xlog.c): then the end of the page before.
 */
export async function readLogPosition({ admin }: Pick<PostgresAccess, 'admin'>): Promise<LogPosition> {
  return readPosition(
    admin,
    `(SELECT CASE WHEN at % 8192 IN (24, 40) THEN pg_current_wal_flush_lsn() ELSE position END
      FROM (SELECT position, (position - '0/0'::pg_lsn) AS at FROM pg_current_wal_insert_lsn() AS position) AS log)`,
  )
}

/** Up to where a standby has replayed. What it answers is as old as that. */
export async function readReplayed({ admin }: Pick<PostgresAccess, 'admin'>): Promise<LogPosition> {
  return readPosition(admin, 'pg_last_wal_replay_lsn()')
}

async function readPosition(admin: SqlClient, expression: string): Promise<LogPosition> {
  const { rows } = await admin.query(`SELECT ${expression}::text AS position`)
  return String(rows[0]?.['position'])
}

/** How many bytes of the primary's log a standby has not replayed. */
export async function readLag(primary: PostgresAccess, standby: PostgresAccess): Promise<number> {
  const { rows } = await standby.admin.query('SELECT pg_wal_lsn_diff($1, pg_last_wal_replay_lsn())::float8 AS bytes', [
    await readLogEnd(primary),
  ])
  // It may have gone on between the two questions.
  return Math.max(0, Number(rows[0]?.['bytes']))
}

/**
 * Settles when a standby has replayed all that was committed on the primary before the call.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` with the logs of both
 */
export async function catchUp(primary: PostgresAccess, standby: PostgresAccess, timeoutMs: number): Promise<void> {
  // Also what was committed without waiting for the log (synchronous_commit = off): a commit that waits takes it along.
  await primary.admin.query("BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_logical_emit_message(true, 'hotbed', ''); COMMIT")
  const target = await readLogEnd(primary)
  await until({ primary, standby, timeoutMs, what: `has replayed ${target}` }, standby.admin, 'pg_last_wal_replay_lsn() >= $1::pg_lsn', [
    target,
  ])
}

/** Settles when a standby has received what the primary has written out. */
export async function receiveAll(primary: PostgresAccess, standby: PostgresAccess, timeoutMs: number): Promise<void> {
  const target = await readLogEnd(primary)
  const received = 'greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) >= $1::pg_lsn'
  await until({ primary, standby, timeoutMs, what: `has received ${target}` }, standby.admin, received, [target])
}

/** How much a standby has received, replayed or not: comparable with that of another. */
export async function readReceived({ admin }: PostgresAccess): Promise<number> {
  const { rows } = await admin.query(
    "SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn)::float8 AS bytes",
  )
  return Number(rows[0]?.['bytes'])
}

/** So often a standby may be refused: each time it asks a primary that is up. */
const MOST_REFUSALS = 10
const LOG_LINES = 40

/** @throws {HotbedError} `ERR_HOTBED_POSTGRES_START` with the logs of both, when the standby does not reach its primary */
export async function awaitStreaming(primary: PostgresAccess, standby: PostgresAccess, timeoutMs: number): Promise<void> {
  const streams = "EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
  const countRefusals = (): number => standby.server.lastLog(LOG_LINES).filter((line) => line.includes('FATAL:')).length
  const isHopeless = (): boolean => countRefusals() >= MOST_REFUSALS
  try {
    await until({ primary, standby, timeoutMs, what: 'streams', isHopeless }, standby.admin, streams)
  } catch (error) {
    if (errorFields(error).code !== 'ERR_HOTBED_TIMEOUT') throw error
    throw new HotbedError('ERR_HOTBED_POSTGRES_START', {
      message: `A replica does not reach its primary on port ${primary.server.port}, ${countRefusals() === 0 ? `within ${timeoutMs} ms` : 'however often it asks'}.`,
      remedy: 'See what each of them says about it: a setting of the stack may keep the primary from letting it in.',
      log: bothLogs(primary, standby),
    })
  }
}

/** Stops the replay of a standby, and settles when it has stopped. It goes on receiving. */
export async function pauseReplay(primary: PostgresAccess, standby: PostgresAccess, timeoutMs: number): Promise<void> {
  await standby.admin.query('SELECT pg_wal_replay_pause()')
  // Before 14 a server tells only that it was asked to.
  const paused = standby.server.version.major >= 14 ? "pg_get_wal_replay_pause_state() = 'paused'" : 'pg_is_wal_replay_paused()'
  await until({ primary, standby, timeoutMs, what: 'has stopped its replay' }, standby.admin, paused)
}

export async function resumeReplay({ admin }: PostgresAccess): Promise<void> {
  await admin.query('SELECT pg_wal_replay_resume()')
}

/** Makes a standby a primary. Settles when it accepts writes; what it had received, also what was held, is replayed by then. */
export async function promote(primary: PostgresAccess, standby: PostgresAccess, timeoutMs: number): Promise<void> {
  await standby.admin.query('SELECT pg_promote(false)')
  await until({ primary, standby, timeoutMs, what: 'accepts writes' }, standby.admin, 'NOT pg_is_in_recovery()')
}

interface Wait {
  readonly primary: PostgresAccess
  readonly standby: PostgresAccess
  readonly timeoutMs: number
  /** Of the replica, for the message. */
  readonly what: string
  /** Whether it is of no use to go on waiting. */
  readonly isHopeless?: () => boolean
}

/** PostgreSQL tells nobody of these; a query takes less than the time until the next one. */
async function until(
  { primary, standby, timeoutMs, what, isHopeless }: Wait,
  admin: SqlClient,
  condition: string,
  values?: readonly unknown[],
): Promise<void> {
  const deadline = createDeadline(timeoutMs)
  for (;;) {
    const { rows } = await admin.query(`SELECT ${condition} AS met, pg_last_wal_replay_lsn()::text AS replayed`, values)
    if (rows[0]?.['met'] === true) return
    if (deadline.isOver() || isHopeless?.() === true) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${timeoutMs} ms until the replica on port ${standby.server.port} ${what}; it has replayed ${String(rows[0]?.['replayed'])}.`,
        log: bothLogs(primary, standby),
      })
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

function bothLogs(primary: PostgresAccess, standby: PostgresAccess): readonly string[] {
  const linesOf = (name: string, { server }: PostgresAccess): readonly string[] =>
    server.lastLog(SHOWN_LOG_LINES).map((line) => `${name}: ${line}`)
  return [...linesOf('replica', standby), ...linesOf('primary', primary)]
}
