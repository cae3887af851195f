import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { planAccess } from '../../plan/shape.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { flipLines, flipsOf, growthLines, rangeText, readPlanGrowthEvidence } from './plan-flips.js'

export interface KeepOptions {
  /**
   * What has to stay.
   *
   * - `plan`: everything: node types, joins, sorts, indexes.
   * - `indexes`: by which index each table is read. A Bitmap Heap Scan that becomes an Index Scan of the same index is then no flip.
   *
   * @default 'plan'
   */
  readonly compare?: 'plan' | 'indexes'
}

/**
 * Passes when the plan is the same at every size, for every set of values. Sizes between which two plans cost the planner the same (a tie) are no
 * flip: they are shown, and both plans may be met there.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan growth; `ERR_HOTBED_OPTION` for options that are none
 */
export function toKeepItsPlan(received: unknown, options: KeepOptions = {}): MatcherVerdict {
  const growth = readPlanGrowthEvidence(received, 'toKeepItsPlan')
  const compare = readCompare(options)
  const flips = flipsOf(growth).filter(({ flip }) => compare === 'plan' || planAccess(flip.from) !== planAccess(flip.to))
  return makeVerdict(
    flips.length === 0,
    () => [`The plan flips for ${rangeText(growth)} (a forecast with projected statistics).`, ...flipLines(growth, flips)],
    () => [
      `${compare === 'plan' ? 'The plan stays' : 'The indexes stay'} the same for ${rangeText(growth)} (a forecast with projected statistics).`,
      ...growthLines(growth),
    ],
  )
}

function readCompare(options: unknown): NonNullable<KeepOptions['compare']> {
  if (typeof options !== 'object' || options === null)
    throw wrongOption('options', "{ compare: 'plan' } or { compare: 'indexes' }", options)
  checkOptionNames(options, ['compare'], 'toKeepItsPlan()')
  const { compare = 'plan' }: { readonly compare?: unknown } = options
  if (compare !== 'plan' && compare !== 'indexes') throw wrongOption('compare', "'plan' or 'indexes'", compare)
  return compare
}
