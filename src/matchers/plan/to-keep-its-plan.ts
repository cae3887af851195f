import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { flipLines, flipsOf, growthLines, rangeText, readPlanGrowthEvidence } from './plan-flips.js'

/**
 * Passes when the plan is the same at every size, for every set of values. Sizes between which two plans cost the planner the same (a tie) are no
 * flip: they are shown, and both plans may be met there.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan growth
 */
export function toKeepItsPlan(received: unknown): MatcherVerdict {
  const growth = readPlanGrowthEvidence(received, 'toKeepItsPlan')
  const flips = flipsOf(growth)
  return makeVerdict(
    flips.length === 0,
    () => [`The plan flips for ${rangeText(growth)} (a forecast with projected statistics).`, ...flipLines(growth, flips)],
    () => [`The plan stays the same for ${rangeText(growth)} (a forecast with projected statistics).`, ...growthLines(growth)],
  )
}
