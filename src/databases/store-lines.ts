import { isOnPath } from '../primitives/on-path.js'
import type { SuiteFacts } from './suite-parts.js'

/** Where the stores of a suite are, for people: each URL, and the command that opens it where that program is installed. */
export function formatStores({ postgres, redis }: SuiteFacts, searchPath: string = process.env['PATH'] ?? ''): readonly string[] {
  // The embedded binaries bring no psql.
  const command = (program: string, line: string): readonly string[] =>
    isOnPath(program, { PATH: searchPath }) ? [`          ${line}`] : []
  return [
    ...(postgres === undefined ? [] : [`postgres  ${postgres.url}`, ...command('psql', `psql '${postgres.url}'`)]),
    ...(postgres?.replicas ?? []).map(({ url }) => `replica   ${url}`),
    ...(redis === undefined ? [] : [`redis     ${redis.url}`, ...command('redis-cli', `redis-cli -u ${redis.url}`)]),
  ]
}
