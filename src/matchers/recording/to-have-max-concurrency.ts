import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { describeMatch, matcherOf, type Match } from '../../wire/match.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { RecordedEvent, Recording } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { findSections, type CriticalSection } from './critical-sections.js'
import { findPeak, lastingAt, type Interval } from './intervals.js'
import { nearestLines, offenderLines, timelineLines, windowLine } from './recording-excerpt.js'

interface Lasting extends Interval {
  readonly event: RecordedEvent
}

/** Those that compete: all that match, or the sections of one lock. */
interface Contest {
  readonly name: string
  readonly all: readonly Lasting[]
}

const LONGEST = 120

/**
 * Passes when at no time more than so many of the statements or commands that the match means were on their way: asked for and not yet answered, on
 * whatever connection, pipelined ones included. With `{ acquire, release }`, when no more than so many were between taking one lock and
 * giving it back.
 *
 * @example
 * expect(run).toHaveMaxConcurrency('SELECT * FROM products', 1)
 * expect(run).toHaveMaxConcurrency({ acquire: 'SET lock:*', release: 'DEL lock:*' }, 1)
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, or where nothing matched
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a match or a number that is none
 */
export function toHaveMaxConcurrency(received: unknown, match: Match | CriticalSection, most: number): MatcherVerdict {
  const recording = readCountable(received, 'toHaveMaxConcurrency')
  checkWholeNumber('most', most, 1)
  const isSection = looksLikeSection(match)
  const contests = isSection ? byLock(recording, match) : [exchanges(recording, match)]
  const subject = isSection ? 'critical sections' : `exchanges like ${describeMatch(match)}`
  const [first] = contests
  if (first === undefined || first.all.length === 0) {
    requireSeenApplication(recording, 'toHaveMaxConcurrency')
    const wanted = describeMatch(isSection ? match.acquire : match)
    throw unjudgeable(
      [
        `The recording has no ${isSection ? `lock taken by ${wanted}` : subject}, so nothing could be concurrent.`,
        windowLine(recording),
        ...(isSection ? [] : nearestLines(wanted, recording.timeline, 'statement or command')),
      ],
      'Name what the recording has.',
    )
  }
  const peaks = contests.map((contest) => ({ contest, peak: findPeak(contest.all) }))
  const { contest, peak } = peaks.reduce((a, b) => (b.peak.count > a.peak.count ? b : a))
  const said = `At their peak ${formatCount(peak.count)} ${subject}${contest.name === '' ? '' : ` of ${clip(contest.name)}`} went on at the same time`
  const evidence = (): readonly string[] => {
    const events = lastingAt(contest.all, peak.at).map(({ event }) => event)
    const at = events.reduce((latest, { startMs, endMs }) => Math.max(latest, isSection ? (endMs ?? startMs) : startMs), 0)
    return [
      windowLine(recording),
      `  ${formatCount(contest.all.length)} in all; at ${formatMs(at)} these ${isSection ? 'held the lock' : 'had no answer yet'}:`,
      ...offenderLines(events),
      ...timelineLines(recording, events),
    ]
  }
  return makeVerdict(
    peak.count <= most,
    () => [`${said}, expected at most ${formatCount(most)}.`, ...evidence()],
    () => [`${said}, expected more than ${formatCount(most)}.`, ...evidence()],
  )
}

/** The lock of a statement is its text with all of its values. */
function clip(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`
}

function looksLikeSection(match: unknown): match is CriticalSection {
  if (typeof match !== 'object' || match === null || !('acquire' in match || 'release' in match)) return false
  checkOptionNames(match, ['acquire', 'release'], 'toHaveMaxConcurrency()')
  if (!('acquire' in match && 'release' in match)) throw wrongOption('acquire', 'given together with release', match)
  return true
}

function exchanges({ timeline }: Recording, match: Match): Contest {
  const isMeant = matcherOf(match)
  return {
    name: '',
    all: timeline.filter(isMeant).map((event) => ({ event, from: event.start, to: event.end ?? Infinity })),
  }
}

function byLock(recording: Recording, section: CriticalSection): readonly Contest[] {
  const locks = new Map<string, Lasting[]>()
  for (const { lock, acquired, from, to } of findSections(recording, section)) {
    const list = locks.get(lock)
    if (list === undefined) locks.set(lock, [{ event: acquired, from, to }])
    else list.push({ event: acquired, from, to })
  }
  return [...locks].map(([name, all]) => ({ name, all }))
}
