import { wrongOption } from '../../primitives/options.js'
import { readPlan } from '../message/evidence.js'
import { pathLines, printSize, statementLines } from '../message/plan-excerpt.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { judgeableReads, tableLabel, type TableRead } from './judgeable.js'

/** Up to here reading the whole table is the cheapest plan, whatever indexes there are. */
const SMALL_PAGES = 10

/**
 * Passes when the plan reads a table, or the one named, from end to end: by a `Seq Scan`. Mostly used with `.not`.
 * A partitioned table goes by its own name, and any of its partitions counts. Name the table where others in the statement are small:
 * those are rightly read whole.
 *
 * @param table `orders` or `shop.orders`; any table when left out
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan, a plan that does not read the table, a table without statistics
 */
export function toSeqScan(received: unknown, table?: string): MatcherVerdict {
  const plan = readPlan(received, 'toSeqScan')
  if (table !== undefined && (typeof table !== 'string' || table === '')) throw wrongOption('table', "a table's name", table)
  const reads = judgeableReads(plan, table)
  const scans = reads.filter(({ node }) => node.type === 'Seq Scan')
  const names = (of: readonly TableRead[]): string => [...new Set(of.map(tableLabel))].join(', ')
  const nodes = (of: readonly TableRead[]) => of.map(({ node }) => node)
  return makeVerdict(
    scans.length > 0,
    () => [`The plan reads ${table ?? names(reads)} without a Seq Scan.`, ...statementLines(plan), '', ...pathLines(plan, nodes(reads))],
    () => [
      `The plan reads ${names(scans)} from end to end, by a Seq Scan.`,
      ...statementLines(plan),
      '',
      ...pathLines(plan, nodes(scans)),
      ...smallTableLines(scans),
    ],
  )
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
