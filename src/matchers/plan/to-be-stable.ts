import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { buffersOf } from '../../plan/work.js'
import { heaviestNode } from '../../plan/heaviest-node.js'
import { formatCount } from '../../plan/print.js'
import { isPlanStability, type PlanStability, type StabilitySet } from '../../plan/stability/plan-stability.js'
import { printStability } from '../../plan/stability/print-stability.js'
import { wrongEvidence } from '../message/evidence.js'
import { pathLines, statementLines } from '../message/plan-excerpt.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { judgeableReads } from './judgeable.js'

/** What still counts as stable. */
export interface StabilityBounds {
  /** How many times the buffers of the custom plan the generic plan may read. @default 2 */
  readonly within?: number
  /**
   * Judges the generic plan also where the server would not use it for these sets: for a driver, pool or setting that forces it
   * (`plan_cache_mode = force_generic_plan`), or other values in production. @default false
   */
  readonly evenIfNotUsed?: boolean
}

/** Up to here the generic plan is cheap, whatever the custom one reads: twice of three buffers is no defect. */
const FEW_BUFFERS = 10

/**
 * Passes when the statement stays as cheap as it is once a prepared statement goes over to its generic plan: for no set does the generic plan
 * read more than `within` times the buffers of the custom plan. A server that never leaves the custom plans for these sets, in whatever order
 * they come, passes too, because the generic plan is then never executed; `evenIfNotUsed` judges it all the same. A generic plan that reads at
 * most 10 buffers passes for that set.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan stability, and for tables without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for bounds that are none
 */
export function toBeStable(received: unknown, bounds: StabilityBounds = {}): MatcherVerdict {
  if (!isPlanStability(received))
    throw wrongEvidence(
      received,
      'toBeStable',
      'the plans of several sets of values',
      'const stability = await postgres.planStability(sql, { median: [17], heaviest: [3] })',
    )
  const { within, evenIfNotUsed } = readBounds(bounds)
  for (const { custom, generic } of received.sets) [custom, generic].forEach((plan) => judgeableReads(plan, undefined))
  const [worst] = received.sets.toSorted((a, b) => ratioOf(b) - ratioOf(a))
  if (worst === undefined) throw new TypeError('a plan stability without sets')
  const isUsed = received.switch.happens || evenIfNotUsed
  const unstable = received.sets.filter((set) => isUsed && buffersOf(set.generic) > FEW_BUFFERS && ratioOf(set) > within)
  return makeVerdict(
    unstable.length === 0,
    () => [
      `${compare(worst)} At most ${formatCount(within)} times are allowed.`,
      ...tableLines(received),
      '',
      `  The generic plan with the values of ${worst.name}:`,
      ...pathLines(worst.generic, [heaviestNode(worst.generic)]),
      '',
      '  Have the statement planned for its values: SET LOCAL plan_cache_mode = force_custom_plan, and the same in { settings } here.',
      '  Or have an index that is best for every set (columns of WHERE, then of ORDER BY), or send rare and frequent values as two statements.',
    ],
    () => [
      isUsed
        ? `${compare(worst)} That is within ${formatCount(within)} times.`
        : 'The server never uses the generic plan for these sets, so the statement is stable.',
      ...tableLines(received),
      ...(isUsed ? [] : ['  { evenIfNotUsed: true } judges the generic plan all the same.']),
    ],
  )
}

/** A custom plan that reads nothing, as where no partition is left, counts as one buffer. */
function ratioOf({ custom, generic }: StabilitySet): number {
  return buffersOf(generic) / Math.max(1, buffersOf(custom))
}

function compare(set: StabilitySet): string {
  const [custom, generic] = [buffersOf(set.custom), buffersOf(set.generic)]
  const times = Number(ratioOf(set).toPrecision(3))
  return `For ${set.name} the generic plan reads ${formatCount(times)} times the buffers of the custom plan: ${formatCount(generic)}, not ${formatCount(custom)}.`
}

function tableLines(stability: PlanStability): readonly string[] {
  const [first] = stability.sets
  const statement = first === undefined ? [] : statementLines({ ...first.custom, params: [] })
  return [...statement, '', ...printStability(stability).map((line) => `  ${line}`)]
}

function readBounds(bounds: unknown): Required<StabilityBounds> {
  if (typeof bounds !== 'object' || bounds === null) throw wrongOption('bounds', '{ within, evenIfNotUsed }', bounds)
  checkOptionNames(bounds, ['within', 'evenIfNotUsed'], 'toBeStable()')
  const { within = 2, evenIfNotUsed = false }: { readonly within?: unknown; readonly evenIfNotUsed?: unknown } = bounds
  if (typeof within !== 'number' || !(within >= 1)) throw wrongOption('within', 'a factor from 1 on', within)
  if (typeof evenIfNotUsed !== 'boolean') throw wrongOption('evenIfNotUsed', 'true or false', evenIfNotUsed)
  return { within, evenIfNotUsed }
}
