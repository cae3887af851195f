import { isOnPath } from '../primitives/on-path.js'
import { withoutPassword } from '../primitives/redact-url.js'
import type { PostgresFacts, RedisFacts, SuiteFacts } from './suite-parts.js'

/**
 * Where the stores of a suite are, for people: each URL, and the command that opens it where that program is installed. Passwords of servers that
 * somebody else runs are left out: whoever has the URL in the stack knows them.
 */
export function formatStores({ postgres, redis }: SuiteFacts, searchPath: string = process.env['PATH'] ?? ''): readonly string[] {
  // The embedded binaries bring no psql.
  const command = (program: string, line: string): readonly string[] =>
    isOnPath(program, { PATH: searchPath }) ? [`          ${line}`] : []
  return [
    ...(postgres === undefined ? [] : [`postgres  ${shownUrl(postgres)}`, ...command('psql', `psql '${shownUrl(postgres)}'`)]),
    ...(postgres?.replicas ?? []).map(({ url }) => `replica   ${url}`),
    ...(redis === undefined ? [] : [`redis     ${shownUrl(redis)}`, ...command('redis-cli', `redis-cli -u ${shownUrl(redis)}`)]),
  ]
}

/** How to end what was kept on servers that somebody else runs. */
export function formatKeptElsewhere({ postgres, redis }: SuiteFacts): readonly string[] {
  return [
    ...(postgres?.provider === 'external'
      ? [postgres.schema === undefined ? `DROP DATABASE "${postgres.database}"` : `DROP SCHEMA "${postgres.schema}" CASCADE`]
      : []),
    ...(redis?.provider === 'external'
      ? [
          `DEL hotbed:claim:${redis.keyPrefix ?? redis.database} and ${redis.keyPrefix === undefined ? `FLUSHDB of database ${redis.database}` : `the keys ${redis.keyPrefix}*`}`,
        ]
      : []),
  ]
}

function shownUrl({ provider, url }: PostgresFacts | RedisFacts): string {
  return provider === 'external' ? withoutPassword(url) : url
}
