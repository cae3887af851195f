import { HotbedError } from '../../primitives/error.js'
import { describeMatch, matcherOf, parseMatch, type Match } from '../../wire/match.js'
import type { RecordedEvent, Recording } from '../../wire/recording/recording.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount, looksLikeRange, readRange, type CountRange } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { nearestLines, offenderLines, timelineLines, windowLine } from './recording-excerpt.js'

/** What one of the count matchers counts. */
export interface Counted {
  readonly matcher: string
  readonly store: RecordedEvent['store']
  readonly noun: string
  readonly verb: string
  readonly of: (recording: Recording) => readonly RecordedEvent[]
}

/** The verdict of a count matcher: `(range)`, `(match)` or `(match, range)`. */
export function countEvents(
  counted: Counted,
  received: unknown,
  first: Match | CountRange | undefined,
  second: CountRange | undefined,
): MatcherVerdict {
  const recording = readCountable(received, counted.matcher)
  const isRange = looksLikeRange(first)
  if (isRange && second !== undefined) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `${counted.matcher}() was given two ranges.`,
      remedy: `The match comes first: ${counted.matcher}(match, range).`,
    })
  }
  const range = readRange((isRange ? first : second) ?? { min: 1 }, counted.matcher)
  const match = isRange ? undefined : first
  if (match !== undefined) checkStore(counted, match)
  const seen = counted.of(recording)
  const found = match === undefined ? seen : seen.filter(matcherOf(match))
  if (found.length === 0) requireSeenApplication(recording, counted.matcher)
  const text = match === undefined ? '' : ` like ${describeMatch(match)}`
  const subject = `${formatCount(found.length)} ${counted.noun}${found.length === 1 ? '' : 's'}${text}`
  const said = `The recording ${counted.verb} ${subject}`
  const none = found.length === 0 ? (match === undefined ? [] : nearestLines(describeMatch(match), seen, counted.noun)) : []
  const evidence = (): readonly string[] => [windowLine(recording), ...none, ...offenderLines(found), ...timelineLines(recording, found)]
  return makeVerdict(
    range.holds(found.length),
    () => [`${said}, expected ${range.label}.`, ...evidence()],
    () => [`${said}, expected not ${range.label}.`, ...evidence()],
  )
}

/** What each store's requests are counted by, are called, and are named by in a match. */
const STORES = {
  postgres: { matcher: 'toExecuteStatements', name: 'SQL', key: 'sql' },
  redis: { matcher: 'toSendCommands', name: 'Redis', key: 'redis' },
  upstream: { matcher: 'toCallUpstream', name: 'a call', key: 'http' },
} as const

function checkStore({ matcher, store, noun }: Counted, match: Match): void {
  const spec = parseMatch(match)
  if ('predicate' in spec || spec.store === store) return
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `${matcher} counts ${noun}s, and the match ${spec.text} means ${STORES[spec.store].name}.`,
    remedy: `Use ${STORES[spec.store].matcher}, or write { ${STORES[store].key}: … } for a word that both stores have.`,
  })
}
