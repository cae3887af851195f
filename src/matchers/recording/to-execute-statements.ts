import type { Match } from '../../wire/match.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { countEvents } from './count-events.js'
import type { CountRange } from './count-range.js'

/**
 * Passes when so many SQL statements were executed, or so many that the match means. Session set-up of clients is not counted.
 *
 * @param match `'UPDATE seats'`, `{ sql: /^update seats/i }`, a predicate; every statement when left out
 * @param range how many. @default at least 1
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, or one that overlaps with another; and where there is none and the
 *   application has never come through the tap
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a match or range that is none
 */
export function toExecuteStatements(received: unknown, match?: Match | CountRange, range?: CountRange): MatcherVerdict {
  return countEvents(
    {
      matcher: 'toExecuteStatements',
      store: 'postgres',
      noun: 'statement',
      verb: 'has',
      of: ({ statements }) => statements,
    },
    received,
    match,
    range,
  )
}
