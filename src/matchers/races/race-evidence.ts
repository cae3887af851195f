import { isRace, raceLines, type InvariantCheck, type Race } from '../../wire/recording/race.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { readCountable } from '../recording/countable.js'
import { timelineLines } from '../recording/recording-excerpt.js'

/**
 * The race that a matcher was given.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else
 */
export function readRace(received: unknown, matcher: string): Race {
  if (!isRace(received)) throw wrongEvidence(received, matcher, 'a race', "const race = await suite.overlap(2, fn, { at: 'UPDATE seats' })")
  readCountable(received, matcher)
  return received
}

/** The looks at which the invariant did not hold; at the end only where none before it failed. */
export function failedLooks({ invariants }: Race): readonly InvariantCheck[] {
  const failed = invariants.filter(({ holds }) => !holds)
  return failed.length > 1 ? failed.filter(({ position }) => position !== undefined) : failed
}

/** The race in words, with what happened around the commit that broke the invariant. */
export function brokenLines(race: Race, failed: readonly InvariantCheck[]): readonly string[] {
  const positions = new Set(failed.map(({ position }) => position))
  return [
    ...indented(race),
    ...timelineLines(
      race,
      race.timeline.filter(({ start }) => positions.has(start)),
    ),
  ]
}

export function indented(race: Race): readonly string[] {
  return raceLines(race).map((line) => `  ${line}`)
}

/** Nothing was committed: whatever should have held, or broken, was not tried. */
export function requireCommit(race: Race, matcher: string): void {
  if (race.invariants.some(({ position }) => position !== undefined)) return
  throw unjudgeable(
    [`${matcher} looks at what commits leave behind, and nothing was committed in this race.`, ...indented(race)],
    'See what became of the participants, and whether they write through suite.postgres.url or suite.redis.url; a query is looked at after commits of Postgres.',
  )
}
