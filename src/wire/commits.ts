import type { LiveExchange } from './conversation.js'
import type { LiveStatement } from './postgres/live-statement.js'
import { findCommand, type CommandTable } from './redis/command-table.js'
import { readCommand } from './sql-shape.js'

/** What changes nothing that another session could see, outside of a transaction. */
const NO_COMMIT: ReadonlySet<string> = new Set(
  `BEGIN START ROLLBACK ABORT SAVEPOINT RELEASE SET RESET SHOW SELECT VALUES TABLE EXPLAIN PREPARE DEALLOCATE DECLARE FETCH MOVE CLOSE LISTEN
  UNLISTEN NOTIFY DISCARD CHECKPOINT LOAD LOCK`.split(/\s+/),
)
/** Reads that begin as a call of a function that writes could. */
const READING_CALL = /^(?:count|sum|min|max|avg|coalesce|exists|now|version|json\w*|array_agg|string_agg|row_to_json|pg_\w+|current_\w+)$/i

/** Whether a request, once it is carried out, may have made something visible to others. Known before it is sent. */
export function mayCommit(exchange: LiveExchange, table: CommandTable): boolean {
  if (exchange.store === 'postgres') return mayCommitStatement(exchange)
  if (exchange.inTransaction) return false
  const name = exchange.args[0]?.toUpperCase()
  if (name === 'EXEC' || name === undefined) return name !== undefined
  if (exchange.isScript) return !name.endsWith('_RO')
  return findCommand(table, exchange.args)?.flags.includes('write') === true
}

function mayCommitStatement({ sql, statusBefore, protocol }: LiveStatement): boolean {
  if (protocol === 'prepare') return false
  const { word } = readCommand(sql)
  if (word === 'COMMIT' || word === 'END') return true
  // Of several statements in one message any may end the transaction.
  if (protocol === 'simple' && /;\s*\S/.test(sql)) return true
  if (statusBefore !== 'I') return false
  return NO_COMMIT.has(word) ? callsOrWrites(sql) : word !== ''
}

/** `SELECT reserve(7)`, `WITH taken AS (UPDATE …) SELECT` */
function callsOrWrites(sql: string): boolean {
  const called = /^\s*select\s+(?:\*\s+from\s+)?(?:\w+\.)?(\w+)\s*\(/i.exec(sql)?.[1]
  if (called !== undefined) return !READING_CALL.test(called)
  return (
    /^\s*with\b/i.test(sql) &&
    /\b(?:insert\s+into|update|delete\s+from|merge\s+into)\s/i.test(sql.replaceAll(/\bfor\s+(?:no\s+key\s+)?update\b/gi, ''))
  )
}

/** Whether it did, by its reply. */
export function hasCommitted(exchange: LiveExchange): boolean {
  if (exchange.store === 'redis') return typeof exchange.reply !== 'string' || !/^(?:[-!]|\*-1)/.test(exchange.reply)
  if (exchange.statusAfter === 'T' || exchange.statusAfter === 'E') return false
  const tags = exchange.results.map(({ tag }) => tag)
  // What an error ends has not committed, unless a COMMIT stood before it; a COMMIT of a failed transaction is answered with ROLLBACK.
  return exchange.error === undefined ? tags.at(-1) !== 'ROLLBACK' : tags.includes('COMMIT')
}
