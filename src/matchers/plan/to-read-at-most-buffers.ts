import { plural } from '../../primitives/plural.js'
import { checkWholeNumber } from '../../primitives/options.js'
import { formatCount } from '../../plan/print.js'
import type { PlanNode } from '../../plan/plan.js'
import { planNodes } from '../../plan/walk.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { discardedRows } from '../../plan/work.js'
import { countedBuffers, countRows, outcomeOf } from './counted.js'
import { judgePlans, type MatcherContext } from './judge-plans.js'

const BLOCK_KB = 8

/**
 * Passes when the plan touches at most so many buffers: blocks of 8 kB, found in the cache or not, of tables and indexes; those of planning and
 * of temporary files do not count. The number is the same on every run and every machine, which time is not. Of a recording every statement
 * has the budget for itself, and so has what functions, triggers and foreign keys run.
 *
 * @param received a plan, a statement of a recording, or a recording
 * @param buffers the budget, in blocks of 8 kB
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, a plan that was only estimated
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no number of buffers
 */
export function toReadAtMostBuffers(this: MatcherContext | void, received: unknown, buffers: number): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toReadAtMostBuffers',
    check: () => {
      checkWholeNumber('buffers', buffers, 0)
    },
    judge: (plan) => {
      const { total } = countedBuffers(plan, 'toReadAtMostBuffers')
      const pass = total <= buffers
      const outcome = outcomeOf(plan)
      const read = `Read ${plural(total, 'buffer')} (${formatSize(total)}) ${outcome.text}`
      return {
        pass,
        weight: total,
        text: () => {
          const guilty = mostReading(planNodes(plan), total)
          return {
            headline: pass ? `${read}, and more than ${formatCount(buffers)} were expected.` : `${read}   budget ${formatCount(buffers)}`,
            guilty,
            notes: pass ? [] : discardLines(guilty, outcome.rows),
          }
        },
      }
    },
  })
}

/** The node that read most by itself, with the others that read a quarter of the whole or more. */
function mostReading(nodes: readonly PlanNode[], total: number): readonly PlanNode[] {
  const read = (node: PlanNode): number => node.actual?.buffers?.own.total ?? 0
  const sorted = nodes.toSorted((a, b) => read(b) - read(a))
  return sorted.filter((node, rank) => rank === 0 || (rank < 3 && read(node) >= total / 4))
}

function discardLines(guilty: readonly PlanNode[], returned: number): readonly string[] {
  const discarded = guilty.reduce((sum, node) => sum + discardedRows(node), 0)
  const perRow = Math.round(discarded / Math.max(returned, 1))
  return perRow < 1 ? [] : [`  ${countRows(perRow)} read and thrown away per row returned.`]
}

function formatSize(buffers: number): string {
  const kilobytes = buffers * BLOCK_KB
  if (kilobytes < 1024) return `${kilobytes} kB`
  const megabytes = kilobytes / 1024
  return megabytes < 10 ? `${megabytes.toFixed(1)} MB` : `${formatCount(Math.round(megabytes))} MB`
}
