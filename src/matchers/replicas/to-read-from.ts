import { wrongOption } from '../../primitives/options.js'
import type { PostgresRole } from '../../wire/exchange.js'
import { describeMatch, matcherOf, parseMatch, type Match } from '../../wire/match.js'
import { unjudgeable } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { nearestLines, offenderLines, timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { requireReplicas } from './require-replicas.js'

/**
 * Passes when every statement that the match means was sent to a server that serves as this: with `.not`, when none was. After a failover the replica that
 * took over is the primary.
 *
 * @example
 * expect(run).toReadFrom('replica', 'SELECT * FROM products')
 * expect(run).not.toReadFrom('replica', 'SELECT * FROM stock')
 *
 * @param this what `expect` passes: `.not` is about every statement as well, so it is no mere negation
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, one of a suite without replicas, or where nothing matched
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a server or a match that is none
 */
export function toReadFrom(this: unknown, received: unknown, server: PostgresRole, match: Match): MatcherVerdict {
  const recording = readCountable(received, 'toReadFrom')
  if (server !== 'primary' && server !== 'replica') throw wrongOption('server', "'primary' or 'replica'", server)
  const spec = parseMatch(match)
  if (!('predicate' in spec) && spec.store !== 'postgres')
    throw wrongOption('match', 'a statement, such as SELECT * FROM products', spec.text)
  requireReplicas(recording, 'toReadFrom')
  const found = recording.statements.filter(matcherOf(match))
  if (found.length === 0) {
    requireSeenApplication(recording, 'toReadFrom')
    throw unjudgeable(
      [
        `The recording has no statement like ${describeMatch(match)}, so nothing was read from anywhere.`,
        windowLine(recording),
        ...nearestLines(describeMatch(match), recording.statements, 'statement'),
      ],
      'Name what the recording has.',
    )
  }
  const there = found.filter((statement) => statement.server === server)
  const elsewhere = found.filter((statement) => statement.server !== server)
  const other = server === 'primary' ? 'a replica' : 'the primary'
  const own = server === 'primary' ? 'the primary' : 'a replica'
  const count = `of ${formatCount(found.length)} like ${describeMatch(match)}`
  return makeVerdict(
    isNegated(this) ? there.length > 0 : elsewhere.length === 0,
    () => [
      `${formatCount(elsewhere.length)} ${count} went to ${other}, expected all to go to ${own}.`,
      windowLine(recording),
      ...offenderLines(elsewhere, recording.connections),
      ...timelineLines(recording, elsewhere),
    ],
    () => [
      `${formatCount(there.length)} ${count} went to ${own}, expected none.`,
      windowLine(recording),
      ...offenderLines(there, recording.connections),
      ...timelineLines(recording, there),
    ],
  )
}
