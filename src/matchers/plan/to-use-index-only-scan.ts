import { createIndex, readIndexColumn } from '../../primitives/create-index.js'
import { quoteTable } from '../../primitives/sql-name.js'
import { readColumns } from '../../plan/condition-operand.js'
import type { Plan, PlanIndex, PlanNode } from '../../plan/plan.js'
import { formatCount } from '../../plan/print.js'
import { indexUses, tableOf, type IndexUse } from '../../plan/walk.js'
import { printIndex } from '../message/plan-excerpt.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { workOf, rowsOf } from '../../plan/work.js'
import { countRows } from './counted.js'
import { judgePlans, type MatcherContext, type PlanFinding } from './judge-plans.js'
import { judgeableReads, readsTable } from './judgeable.js'
import { smallTableLines } from './to-seq-scan.js'
import { checkIndex, couldUse, describeTable, readWantedIndex, tablesOf, type IndexDescription } from './wanted-index.js'

/**
 * Passes when the plan answers from an index alone, or from the one named: by an `Index Only Scan` that did not have to visit the table.
 * It visits it (Heap Fetches) for rows on pages that were written to since the last VACUUM; such a scan does not pass, and the message says so.
 *
 * @param received a plan, a statement of a recording, or a recording, of which the statements that read the table are judged
 * @param index its name, or its table and leading columns; any index when left out
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, an index, table or column that is not there, a table without statistics
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an index described in another way
 */
export function toUseIndexOnlyScan(this: MatcherContext | void, received: unknown, index?: string | IndexDescription): MatcherVerdict {
  return judgePlans(this, received, {
    matcher: 'toUseIndexOnlyScan',
    check: () => (index === undefined ? undefined : checkIndex(index)),
    concerns: ({ plan }) => (index === undefined ? readsTable(plan, undefined) : couldUse(plan, index)),
    concern: `reads ${index === undefined ? 'a table' : describeTable(index)}`,
    judge: (plan) => judgeIndexOnly(plan, index),
  })
}

function judgeIndexOnly(plan: Plan, index: string | IndexDescription | undefined): PlanFinding {
  const wanted = index === undefined ? undefined : readWantedIndex(plan, index)
  const reads = wanted?.reads ?? judgeableReads(plan, undefined)
  const nodes = reads.map(({ node }) => node)
  const uses = indexUses(plan).filter(({ node }) => nodes.includes(node))
  const scans = uses.filter((use) => use.node.type === 'Index Only Scan' && (wanted?.accepts(use) ?? true))
  const fetching = scans.filter(({ node }) => fetches(node) > 0)
  const pass = scans.length > 0 && fetching.length === 0
  const label = wanted?.label ?? 'an index'
  return {
    pass,
    weight: workOf(plan).count,
    text: () => {
      if (pass) return { headline: `The plan answers from ${label} alone, by an Index Only Scan.`, guilty: scans.map(({ node }) => node) }
      if (fetching.length > 0) return fetchText(plan, fetching)
      return {
        headline: `The plan does not answer from ${label} alone.`,
        guilty: nodes,
        notes: [...uses.flatMap((use) => coverLines(plan, use)), ...(wanted?.absence ?? []), ...smallTableLines(reads)],
      }
    },
  }
}

function fetches({ actual }: PlanNode): number {
  return actual?.heapFetches ?? 0
}

function fetchText(plan: Plan, uses: readonly IndexUse[]): ReturnType<PlanFinding['text']> {
  const count = uses.reduce((sum, { node }) => sum + fetches(node), 0)
  const rows = uses.reduce((sum, { node }) => sum + rowsOf(node), 0)
  const tables = tablesOf(uses.map(({ node }) => ({ node, table: tableOf(plan, node) })))
  return {
    headline: `The Index Only Scan visited the table all the same: ${formatCount(count)} Heap Fetches for ${countRows(rows)}.`,
    guilty: uses.map(({ node }) => node),
    // A server that does not wait for its disk, as here, marks no page by a VACUUM right after the COMMIT: its WAL is not written yet.
    notes: [
      '  Pages that were written to since the last VACUUM are visited. After filling the table:',
      `    CHECKPOINT; VACUUM ${tables.join(', ')};   (each by itself)`,
    ],
  }
}

/** What a scan needs that its index does not hold. */
function coverLines(plan: Plan, { node, index }: IndexUse): readonly string[] {
  const table = tableOf(plan, node)
  if (index === undefined || table === undefined || index.predicate !== undefined) return []
  const missing = missingColumns(node, index, table.columns)
  if (missing.length === 0) return []
  const statement = createIndex({ on: quoteTable(table), columns: index.columns, included: [...index.included, ...missing] })
  return ['', `  ${printIndex(index)} lacks ${missing.join(', ')}.`, `  To have all of it in the index: ${statement};`]
}

function missingColumns(node: PlanNode, index: PlanIndex, columns: readonly string[]): readonly string[] {
  const output = node.raw['Output']
  const texts = [...(Array.isArray(output) ? output.map(String) : []), node.conditions.filter ?? '']
  const needed = new Set(texts.flatMap((text) => readColumns(text).map(({ column }) => column)))
  const held = new Set([...index.columns.map((text) => readIndexColumn(text).name), ...index.included])
  const missing = columns.filter((column) => needed.has(column) && !held.has(column))
  // All columns: whoever asks for the whole row, or PostgreSQL, which hands it on where nobody minds.
  return missing.length + held.size >= columns.length && columns.length > 3 ? [] : missing
}
