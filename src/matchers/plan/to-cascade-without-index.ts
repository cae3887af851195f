import { createIndex } from '../../primitives/create-index.js'
import { quoteTable, tableLabel } from '../../primitives/sql-name.js'
import type { Plan, PlanNode } from '../../plan/plan.js'
import { formatCount } from '../../plan/print.js'
import { tableReads } from '../../plan/walk.js'
import { isRecording, isStatement, type NestedStatement } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import type { JudgedPlan } from '../message/judged-plans.js'
import type { MatcherVerdict } from '../message/verdict.js'
import { countRows } from './counted.js'
import { readForeignKeyLookup, type ForeignKeyLookup } from '../../plan/foreign-key-lookup.js'
import { describeColumns, hasLeadingColumns } from '../../plan/index-columns.js'
import { discardedRows } from '../../plan/work.js'
import { judgePlans, type MatcherContext, type PlanFinding } from './judge-plans.js'

/**
 * Passes when a DELETE or UPDATE of referenced rows makes PostgreSQL read a referring table from end to end, because no index begins with the
 * columns of the foreign key: for a cascade, a SET NULL, and just as well for the check that nothing refers to the row. Used with `.not`. Tables
 * may be small or empty: that the index is missing counts, also where a Seq Scan is cheap.
 *
 * @param received a statement of a recording, or a recording: what foreign keys run is in no plan that was explained
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for other evidence, and where no foreign key looked for referring rows
 */
export function toCascadeWithoutIndex(this: MatcherContext | void, received: unknown): MatcherVerdict {
  if (!isRecording(received) && !isStatement(received))
    throw wrongEvidence(received, 'toCascadeWithoutIndex', 'a statement or a recording', 'const run = await suite.record(() => …)')
  return judgePlans(this, received, {
    matcher: 'toCascadeWithoutIndex',
    concerns: ({ nested }) => nested !== undefined && readForeignKeyLookup(nested) !== undefined,
    concern: 'is of a foreign key that looks for referring rows',
    judge: (plan, judged) => judgeLookup(plan, judged),
  })
}

function judgeLookup(plan: Plan, { nested }: JudgedPlan): PlanFinding {
  const lookup = nested === undefined ? undefined : readForeignKeyLookup(nested)
  if (nested === undefined || lookup === undefined) {
    throw unjudgeable(
      ['toCascadeWithoutIndex has nothing to judge: no foreign key looked for referring rows.', `  ${plan.sql}`],
      'Record a DELETE of a row, or an UPDATE of a key, that a foreign key refers to.',
    )
  }
  const scans = scannedWhole(plan)
  const pass = scans.length > 0 && !hasIndex(plan, lookup)
  const table = { schema: lookup.schema, name: lookup.table }
  const label = tableLabel(table)
  const key = `${label} ${describeColumns(lookup.columns)}`
  return {
    pass,
    weight: totalDiscarded(nested),
    text: () =>
      pass
        ? {
            headline: `The foreign key on ${key} has no index: ${label} is read from end to end${costOf(nested)}.`,
            guilty: scans,
            notes: [`  To have one: ${createIndex({ on: quoteTable(table), columns: lookup.columns })};`],
          }
        : { headline: `The foreign key on ${key} finds its rows by an index.`, guilty: tableReads(plan) },
  }
}

/** One that is there and not used, because the table is small, is no defect. A table that is not in the catalogue's list is judged by its scan. */
function hasIndex({ schema }: Plan, lookup: ForeignKeyLookup): boolean {
  return schema.indexes.some(
    (index) =>
      index.schema === lookup.schema &&
      index.table === lookup.table &&
      index.valid &&
      index.predicate === undefined &&
      // The columns of the key in any order are found by it.
      hasLeadingColumns({ ...index, columns: index.columns.slice(0, lookup.columns.length).toSorted() }, lookup.columns.toSorted()),
  )
}

function scannedWhole(plan: Plan): readonly PlanNode[] {
  return tableReads(plan).filter(({ type }) => type === 'Seq Scan')
}

function totalDiscarded({ plan, totals }: NestedStatement): number {
  return scannedWhole(totals ?? plan).reduce((sum, node) => sum + discardedRows(node), 0)
}

function costOf(nested: NestedStatement): string {
  const discarded = totalDiscarded(nested)
  if (discarded === 0) return ''
  if (nested.times === 1) return `, ${countRows(discarded)} for nothing`
  return ` ${formatCount(nested.times)} times, ${countRows(discarded)} for nothing`
}
