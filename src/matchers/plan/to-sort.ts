import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { formatCount } from '../../plan/print.js'
import type { PlanNode } from '../../plan/plan.js'
import { planNodes } from '../../plan/walk.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { countRows } from './counted.js'
import { judgePlans, type MatcherContext } from './judge-plans.js'

/** Which sorts count. */
export interface SortOptions {
  /** Only sorts of more rows than this: a few are sorted in no time. @default 0 */
  readonly ofMoreRowsThan?: number
}

/**
 * Passes when the plan sorts rows, by a `Sort` or an `Incremental Sort`, instead of reading them in order from an index. Mostly used with `.not`.
 * Rows are those that come into the sort; a plan that was only estimated is judged by its estimate.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toSort(this: MatcherContext | void, received: unknown, options: SortOptions = {}): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toSort',
    check: () => checkOptions(options),
    judge: (plan) => {
      const { ofMoreRowsThan = 0 } = options
      const all = planNodes(plan).filter(isSort)
      const sorts = all.filter((node) => node.actual?.loops !== 0 && rowsInto(node) > ofMoreRowsThan)
      const pass = sorts.length > 0
      const [first = plan.root] = sorts.toSorted((a, b) => rowsInto(b) - rowsInto(a))
      return {
        pass,
        weight: pass ? rowsInto(first) : 0,
        text: () =>
          pass
            ? { headline: `The plan sorts ${countRows(rowsInto(first))}: ${describeSort(first)}.`, guilty: sorts, notes: orderLines(first) }
            : {
                headline: `The plan has no Sort${ofMoreRowsThan > 0 ? ` of more than ${formatCount(ofMoreRowsThan)} rows` : ''}.`,
                guilty: all.length > 0 ? all : [plan.root],
              },
      }
    },
  })
}

function isSort({ type }: PlanNode): boolean {
  return type === 'Sort' || type === 'Incremental Sort'
}

function rowsInto({ children, estimatedRows }: PlanNode): number {
  const [child] = children
  return child?.actual?.rows ?? child?.estimatedRows ?? estimatedRows
}

/** `Sort by created_at DESC (top-N heapsort)`: what a LIMIT above makes of it, which keeps the first rows only, but looks at all. */
function describeSort({ type, conditions, raw }: PlanNode): string {
  const method = raw['Sort Method']
  const presorted = conditions.presortedKey === undefined ? '' : `, presorted by ${conditions.presortedKey}`
  return `${type} by ${conditions.sortKey ?? '?'}${presorted}${typeof method === 'string' ? ` (${method})` : ''}`
}

function orderLines({ type }: PlanNode): readonly string[] {
  if (type === 'Incremental Sort') return ['  An index that goes on with the rest of the sort key gives the rows in order.']
  return ['  An index on the columns compared with =, then those of the sort key in its directions, gives the rows in order.']
}

function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ ofMoreRowsThan }', options)
  checkOptionNames(options, ['ofMoreRowsThan'], 'toSort()')
  const { ofMoreRowsThan = 0 }: { readonly ofMoreRowsThan?: unknown } = options
  if (typeof ofMoreRowsThan !== 'number' || !(ofMoreRowsThan >= 0))
    throw wrongOption('ofMoreRowsThan', 'a number of rows from 0 on', ofMoreRowsThan)
}
