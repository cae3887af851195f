import { plural } from '../../primitives/plural.js'
import { wrongOption } from '../../primitives/options.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { isExploration } from '../../wire/recording/exploration.js'
import { judgeExploration } from './judge-exploration.js'
import { brokenLines, failedLooks, readRace, requireCommit } from './race-evidence.js'

/**
 * Passes when the invariant of the race held after every commit, and at the end; of an exploration in every run.
 *
 * @param name what the invariant says, for the message. @default 'the invariant'
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no race or exploration, one without an invariant, or one in which nothing was committed
 */
export function toPreserve(received: unknown, name: string = 'the invariant'): MatcherVerdict {
  if (isExploration(received)) return judgeExploration(received, 'toPreserve')
  const race = readRace(received, 'toPreserve')
  if (typeof name !== 'string') throw wrongOption('name', 'what the invariant says, as a text', name)
  if (race.invariants.length === 0) {
    throw unjudgeable(
      ['toPreserve judges an invariant, and this race has none.'],
      "Give it to the verb: suite.overlap(2, fn, { at, invariant: 'SELECT sum(free) >= 0, sum(free) AS free FROM seats' })",
    )
  }
  requireCommit(race, 'toPreserve')
  const failed = failedLooks(race)
  const looks = plural(race.invariants.length, 'look')
  return makeVerdict(
    failed.length === 0,
    () => [`The race broke ${name} at ${failed.length} of ${looks}, expected never.`, ...brokenLines(race, failed)],
    () => [`The race preserved ${name} at all ${looks}, expected that it breaks it.`, ...brokenLines(race, [])],
  )
}
