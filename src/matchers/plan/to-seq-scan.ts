import { printSize } from '../message/plan-excerpt.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { judgePlans, type MatcherContext } from './judge-plans.js'
import { checkTable, judgeableReads, readsTable, readLabel, type TableRead } from './judgeable.js'

/** Up to here reading the whole table is the cheapest plan, whatever indexes there are. */
const SMALL_PAGES = 10

/**
 * Passes when the plan reads a table, or the one named, from end to end: by a `Seq Scan`. Mostly used with `.not`.
 * A partitioned table goes by its own name, and any of its partitions counts. Name the table where others in the statement are small:
 * those are rightly read whole. Of a recording the statements that read the table are judged.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @param table `orders` or `shop.orders`; any table when left out
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, a plan that does not read the table, a table without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no table's name
 */
export function toSeqScan(this: MatcherContext | void, received: unknown, table?: string): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toSeqScan',
    check: () => checkTable(table),
    concerns: ({ plan }) => readsTable(plan, table),
    concern: `reads ${table ?? 'a table'}`,
    judge: (plan) => {
      const reads = judgeableReads(plan, table)
      const scans = reads.filter(({ node }) => node.type === 'Seq Scan')
      const pass = scans.length > 0
      return {
        pass,
        weight: scans.reduce((sum, { node }) => sum + (node.actual?.buffers?.own.total ?? node.cost.total), 0),
        text: () =>
          pass
            ? {
                headline: `The plan reads ${namesOf(scans)} from end to end, by a Seq Scan.`,
                guilty: scans.map(({ node }) => node),
                notes: smallTableLines(scans),
              }
            : { headline: `The plan reads ${table ?? namesOf(reads)} without a Seq Scan.`, guilty: reads.map(({ node }) => node) },
      }
    },
  })
}

function namesOf(reads: readonly TableRead[]): string {
  return [...new Set(reads.map(readLabel))].join(', ')
}

/** Says which of the tables are too small for an index to be worth its while. */
export function smallTableLines(reads: readonly TableRead[]): readonly string[] {
  const small = new Set(reads.flatMap(({ table }) => (table !== undefined && table.relpages <= SMALL_PAGES ? [table] : [])))
  if (small.size === 0) return []
  return [
    '',
    ...[...small]
      .slice(0, 3)
      .map((table) => `  ${printSize(table)}: so small a table is cheapest read whole. Fill it as production does, or name another.`),
  ]
}
