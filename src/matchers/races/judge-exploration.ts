import { plural } from '../../primitives/plural.js'
import { failureLines, type Exploration } from '../../wire/recording/exploration.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

/** Whether the invariant held in every interleaving that was run. */
export function judgeExploration(exploration: Exploration, matcher: string): MatcherVerdict {
  const { failure, runs, interleavings, looks, seed, participants } = exploration
  const ran = `  ${plural(runs, 'run')} of ${participants} participants, ${plural(interleavings, 'interleaving')}, seed ${seed}; ${plural(looks, 'look')} at the invariant`
  if (failure?.reason === 'unsettled') {
    throw unjudgeable(
      [`${matcher} cannot judge a run in which a participant never settled.`, ran, ...failureLines(failure)],
      'Find out what it waits for: another participant within the process, a connection of its pool, or an answer past the tap.',
    )
  }
  if (looks === 0 && failure === undefined) {
    throw unjudgeable(
      [`${matcher} judges an invariant, and none was given to explore().`, ran],
      "Write suite.explore(participants, { invariant: 'SELECT …' }).",
    )
  }
  return makeVerdict(
    failure === undefined,
    () => [
      failure?.reason === 'rejected'
        ? `A participant rejected in run ${runs}, expected none to in any interleaving.`
        : `The invariant did not hold in run ${runs}, expected it to in every interleaving.`,
      ran,
      ...(failure === undefined ? [] : failureLines(failure)),
    ],
    () => [
      'The invariant held in every interleaving that was run, expected one in which it does not.',
      ran,
      '  What is decided within the process, between an answer and the next request, is not interleaved. More runs, or another seed, run others.',
    ],
  )
}
