import type { Plan, PlanNode } from '../../plan/plan.js'
import { indexUses, type IndexUse } from '../../plan/walk.js'
import { readPlan } from '../message/evidence.js'
import { indexLines, pathLines, statementLines } from '../message/plan-excerpt.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { smallTableLines } from './to-seq-scan.js'
import { indexesOn, readWantedIndex, tablesOf, type IndexDescription } from './wanted-index.js'

/**
 * Passes when the plan finds rows of a table by the index: Index Scan, Index Only Scan, or Bitmap Index Scan.
 * The index of a partitioned table counts as used where one of its partitions' is. An index that only gives the order, without meeting a
 * condition, is used too; the message then says so.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan, an index, table or column that is not there, a table without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an index described in another way
 */
export function toUseIndex(received: unknown, index: string | IndexDescription): MatcherVerdict {
  const plan = readPlan(received, 'toUseIndex')
  const wanted = readWantedIndex(plan, index)
  const judged = new Set(wanted.reads.flatMap(({ node }) => scanNodes(node)))
  const uses = indexUses(plan).filter(({ node }) => judged.has(node))
  const matching = uses.filter(wanted.accepts)
  return makeVerdict(
    matching.length > 0,
    () => [
      `The plan does not use ${wanted.label}.`,
      ...statementLines(plan),
      '',
      ...pathLines(
        plan,
        wanted.reads.flatMap(({ node }) => scanNodes(node)),
      ),
      ...wholeWalkLines(uses),
      '',
      ...tablesOf(wanted.reads).flatMap((table) => indexLines(table, indexesOn(plan, table))),
      ...wanted.absence,
      ...settingLines(plan),
      ...smallTableLines(wanted.reads),
    ],
    () => [
      `The plan uses ${wanted.label}.`,
      ...statementLines(plan),
      '',
      ...pathLines(
        plan,
        matching.map(({ node }) => node),
      ),
      ...wholeWalkLines(matching),
    ],
  )
}

/** A node that reads a table, with those below it that say which of its rows: a bitmap's index is named there. */
function scanNodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...node.children.filter(({ type }) => type.startsWith('Bitmap')).flatMap(scanNodes)]
}

function wholeWalkLines(uses: readonly IndexUse[]): readonly string[] {
  const walked = [...new Set(uses.filter(({ walksWholeIndex }) => walksWholeIndex).map(({ node }) => node.index))]
  return walked.map((name) => `  ${name} is walked from its end, for its order alone: it meets no condition (no Index Cond).`)
}

/** Settings that take a way of reading from the planner. */
function settingLines({ settings }: Plan): readonly string[] {
  const switched = Object.entries(settings).filter(([name]) => name.startsWith('enable_'))
  return switched.length === 0 ? [] : [`  Planned with ${switched.map(([name, value]) => `${name} = ${value}`).join(', ')}.`]
}
