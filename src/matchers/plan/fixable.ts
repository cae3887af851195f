import type { Plan } from '../../plan/plan.js'
import { readPlans } from '../message/judged-plans.js'
import { buffersOf } from '../../plan/work.js'

/**
 * Matchers of whose failures an index may be the remedy, and the voice in which it may: `expect(plan).toUseIndex(…)` asks for less work,
 * `expect(plan).not.toUseIndex(…)` does not.
 */
const FIXABLE: Readonly<Record<string, 'to' | 'not'>> = {
  toUseIndex: 'to',
  toUseIndexOnlyScan: 'to',
  toReadAtMostBuffers: 'to',
  toExamineAtMostRows: 'to',
  toSeqScan: 'not',
  toSort: 'not',
  toSpillToDisk: 'not',
  toHaveSmells: 'not',
}

/** Whether an index could be the remedy when `matcher` fails, with or without `.not`. */
export function isFixable(matcher: string, isNot: boolean): boolean {
  return Object.hasOwn(FIXABLE, matcher) && FIXABLE[matcher] === (isNot ? 'not' : 'to')
}

/** The plans that such a matcher judged, those that read most first. */
export function plansByWork(received: unknown, matcher: string): readonly Plan[] {
  return readPlans(received, matcher)
    .map(({ plan }) => plan)
    .toSorted((a, b) => buffersOf(b) - buffersOf(a))
}
