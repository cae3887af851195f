import type { Plan, PlanNode } from '../../plan/plan.js'
import { indexUses, type IndexUse } from '../../plan/walk.js'
import { indexLines } from '../message/plan-excerpt.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { workOf } from '../../plan/work.js'
import { judgePlans, type MatcherContext, type PlanFinding } from './judge-plans.js'
import { smallTableLines } from './to-seq-scan.js'
import { checkIndex, couldUse, describeTable, indexesOn, readWantedIndex, tablesOf, type IndexDescription } from './wanted-index.js'

/**
 * Passes when the plan finds rows of a table by the index: Index Scan, Index Only Scan, or Bitmap Index Scan.
 * The index of a partitioned table counts as used where one of its partitions' is. An index that only gives the order, without meeting a
 * condition, is used too; the message then says so. Of a recording the statements that read the table are judged.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, an index, table or column that is not there, a table without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an index described in another way
 */
export function toUseIndex(this: MatcherContext | void, received: unknown, index: string | IndexDescription): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toUseIndex',
    check: () => checkIndex(index),
    concerns: ({ plan }) => couldUse(plan, index),
    concern: `reads ${describeTable(index)}`,
    judge: (plan) => judgeUse(plan, index),
  })
}

function judgeUse(plan: Plan, index: string | IndexDescription): PlanFinding {
  const wanted = readWantedIndex(plan, index)
  const judged = wanted.reads.flatMap(({ node }) => scanNodes(node))
  const uses = indexUses(plan).filter(({ node }) => judged.includes(node))
  const matching = uses.filter(wanted.accepts)
  const pass = matching.length > 0
  return {
    pass,
    weight: workOf(plan).count,
    text: () =>
      pass
        ? { headline: `The plan uses ${wanted.label}.`, guilty: matching.map(({ node }) => node), notes: wholeWalkLines(matching) }
        : {
            headline: `The plan does not use ${wanted.label}.`,
            guilty: judged,
            notes: [
              ...wholeWalkLines(uses),
              '',
              ...tablesOf(wanted.reads).flatMap((table) => indexLines(table, indexesOn(plan, table))),
              ...wanted.absence,
              ...settingLines(plan),
              ...smallTableLines(wanted.reads),
            ],
          },
  }
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
