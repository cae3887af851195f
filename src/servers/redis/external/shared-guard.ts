/** What of a shared Redis one suite has. */
export interface RedisTenant {
  /** Its logical database; with a prefix the one that it shares. */
  readonly database: number
  readonly keyPrefix: string | undefined
}

/** Of the whole server, whatever their arguments. */
const OF_SERVER: ReadonlySet<string> = new Set(
  'FLUSHALL SWAPDB SHUTDOWN REPLICAOF SLAVEOF FAILOVER DEBUG SAVE BGSAVE BGREWRITEAOF MIGRATE MOVE PSYNC SYNC'.split(' '),
)
/** Of the whole server with these as their second word. */
const OF_SERVER_WITH: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['CONFIG', new Set(['SET', 'REWRITE', 'RESETSTAT'])],
  ['SCRIPT', new Set(['FLUSH', 'KILL'])],
  ['FUNCTION', new Set(['FLUSH', 'DELETE', 'RESTORE', 'KILL'])],
  ['CLIENT', new Set(['KILL', 'PAUSE', 'UNPAUSE'])],
  ['ACL', new Set(['SETUSER', 'DELUSER', 'LOAD', 'SAVE', 'LOG'])],
  ['SLOWLOG', new Set(['RESET'])],
  ['LATENCY', new Set(['RESET'])],
  ['MODULE', new Set(['LOAD', 'LOADEX', 'UNLOAD'])],
  ['CLUSTER', new Set(['RESET', 'FLUSHSLOTS', 'FORGET', 'FAILOVER'])],
])
/** Work before a connection is in its database. */
const ANYWHERE: ReadonlySet<string> = new Set(
  'HELLO AUTH SELECT CLIENT PING ECHO INFO COMMAND QUIT RESET READONLY READWRITE TIME CONFIG CLUSTER MULTI EXEC DISCARD UNWATCH MEMORY'.split(
    ' ',
  ),
)

/**
 * Why a suite must not send a command to a Redis that others use, too; `undefined` when it may. What scripts do is not seen.
 *
 * @param database that the connection is in
 */
export function refusalOnShared(args: readonly string[], database: number, { database: own, keyPrefix }: RedisTenant): string | undefined {
  const word = args[0]?.toUpperCase() ?? ''
  const second = args[1]?.toUpperCase() ?? ''
  if (OF_SERVER.has(word)) return `${word} acts on the whole server, which others use, too`
  if (OF_SERVER_WITH.get(word)?.has(second) === true) return `${word} ${second} acts on the whole server, which others use, too`
  if (word === 'FLUSHDB' && keyPrefix !== undefined)
    return `FLUSHDB would empty database ${own}, of which this suite has only the keys '${keyPrefix}*'`
  if (word === 'SELECT' && second !== String(own)) return `database ${second} is not this suite's, which has database ${own}`
  const at = word === 'COPY' ? args.findIndex((arg) => arg.toUpperCase() === 'DB') : -1
  if (at > 0 && args[at + 1] !== String(own)) return `database ${args[at + 1]} is not this suite's, which has database ${own}`
  if (database === own || ANYWHERE.has(word)) return undefined
  return `the connection is in database ${database}, and this suite has database ${own}, which its URL names: SELECT ${own} first`
}
