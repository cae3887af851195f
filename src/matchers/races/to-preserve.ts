import { isExploration } from '../../wire/recording/exploration.js'
import { wrongEvidence } from '../message/evidence.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { judgeExploration } from './judge-exploration.js'

/**
 * Passes when the invariant held after every commit, and at the end, of every run.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for evidence without an invariant, and for a run in which a participant never settled
 */
export function toPreserve(received: unknown): MatcherVerdict {
  if (!isExploration(received)) {
    throw wrongEvidence(
      received,
      'toPreserve',
      'an exploration',
      "const exploration = await suite.explore([buy, buy], { invariant: 'SELECT …' })",
    )
  }
  return judgeExploration(received, 'toPreserve')
}
