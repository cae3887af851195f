import { plural } from '../../primitives/plural.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { formatCount } from '../../plan/print.js'
import type { Plan } from '../../plan/plan.js'
import { unjudgeable } from '../message/evidence.js'
import { statementLines } from '../message/plan-excerpt.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { judgePlans, type MatcherContext, type PlanFinding } from './judge-plans.js'
import { checkTable } from './judgeable.js'
import { scannedPartitions, type ScannedPartitions } from './scanned-partitions.js'

export interface PruneOptions {
  /** The partitioned table: `events` or `shop.events`. @default every partitioned table that is read, each by itself */
  readonly table?: string
}

const NAMED = 6

/**
 * Passes when the plan scans at most so many partitions of a table. Ruled out are those that the planner left out, that were removed when the
 * plan was started (`Subplans Removed`), and that were never executed. Of partitions of partitions the lowest count. A plan that was only
 * estimated is judged, too, where nothing more could be ruled out while it runs.
 *
 * @param received a plan, a statement of a recording, or a recording, of which the statements that read a partitioned table are judged
 * @param partitions the most that may be scanned
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, a plan that reads no partitioned table
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no number of partitions
 */
export function toPrunePartitionsTo(
  this: MatcherContext | void,
  received: unknown,
  partitions: number,
  options: PruneOptions = {},
): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toPrunePartitionsTo',
    check: () => checkArguments(partitions, options),
    concerns: ({ plan }) => scannedPartitions(plan, options.table).length > 0,
    concern: `reads ${options?.table ?? 'a partitioned table'}`,
    judge: (plan) => judgePruning(plan, partitions, options.table),
  })
}

function judgePruning(plan: Plan, most: number, table: string | undefined): PlanFinding {
  const tables = scannedPartitions(plan, table).toSorted((a, b) => b.scanned.length - a.scanned.length)
  const [first] = tables
  if (first === undefined) {
    throw unjudgeable(
      [`The plan reads no partition of ${table ?? 'any table'}.`, ...statementLines(plan)],
      'Explain a statement that reads a partitioned table, and some of its rows.',
    )
  }
  const pass = first.scanned.length <= most
  if (!pass && first.mayPruneMore) {
    throw unjudgeable(
      [
        `The plan has ${formatCount(first.scanned.length)} partitions of ${first.table}, and would rule out some of them only while running.`,
        ...statementLines(plan),
      ],
      'Explain it without { analyze: false }, so that it runs.',
    )
  }
  return {
    pass,
    weight: first.scanned.length,
    text: () => ({
      headline: `${describe(first)}${pass ? `, and more than ${formatCount(most)} were expected.` : `   at most ${formatCount(most)}`}`,
      guilty: first.nodes.length > 0 ? first.nodes.slice(0, NAMED) : [plan.root],
      notes: pass
        ? []
        : [
            `  Partitions are ruled out by a condition on the partition key alone: compared with a value, not inside of a function or a cast.`,
          ],
    }),
  }
}

function describe({ table, scanned, pruned }: ScannedPartitions): string {
  const names = scanned.slice(0, NAMED).join(', ')
  const list = scanned.length === 0 ? '' : `: ${names}${scanned.length > NAMED ? ' …' : ''}`
  const ruledOut = pruned > 0 ? ` (${formatCount(pruned)} ruled out while running)` : ''
  return `Scans ${plural(scanned.length, 'partition')} of ${table}${list}${ruledOut}`
}

function checkArguments(partitions: unknown, options: unknown): void {
  checkWholeNumber('partitions', partitions, 0)
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ table }', options)
  checkOptionNames(options, ['table'], 'toPrunePartitionsTo()')
  checkTable((options as PruneOptions).table)
}
