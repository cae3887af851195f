import type { Match } from '../../wire/match.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { countEvents } from '../recording/count-events.js'
import type { CountRange } from '../recording/count-range.js'
import { readCountable } from '../recording/countable.js'
import { requireRoutes } from './wire-attempts.js'

/**
 * Passes when so many calls of upstreams were made, or so many that the match means, whatever became of them.
 *
 * @param match `'POST /charges'`, `{ upstream: 'payments' }`, a predicate; every call when left out
 * @param range how many. @default at least 1
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, or one that overlaps with another; where a route was called that nobody
 *   defined; and where there is none and the application has never come through the tap
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a match or range that is none
 */
export function toCallUpstream(received: unknown, match?: Match | CountRange, range?: CountRange): MatcherVerdict {
  const recording = readCountable(received, 'toCallUpstream')
  requireRoutes(recording, recording.calls, 'toCallUpstream')
  return countEvents(
    { matcher: 'toCallUpstream', store: 'upstream', noun: 'call', verb: 'has', of: ({ calls }) => calls },
    recording,
    match,
    range,
  )
}
