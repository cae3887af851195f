import { wrongOption } from '../../primitives/options.js'
import type { TableRows } from '../../plan/growth/plan-growth.js'
import { formatCount } from '../../plan/print.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { flipLines, flipsOf, growthLines, rangeText, readPlanGrowthEvidence } from './plan-flips.js'

/**
 * Passes when the plan, for every set of values, flips only above so many rows of a table, or never: `{ orders: 5_000_000 }`.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no plan growth, a table that did not grow in it, and rows beyond the sizes that were looked at
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for rows that are none
 */
export function toFlipAbove(received: unknown, rows: TableRows): MatcherVerdict {
  const growth = readPlanGrowthEvidence(received, 'toFlipAbove')
  const limits = readLimits(rows)
  for (const [table, limit] of limits) {
    const range = growth.tables.find((one) => one.table === table)
    if (range === undefined) {
      const names = growth.tables.map((one) => one.table).join(', ')
      throw unjudgeable([`The plan was followed while ${names} grew, not ${table}.`], `Let it grow too: { ${table}: { upTo: ${limit} } }`)
    }
    if (range.upTo >= limit) continue
    throw unjudgeable(
      [`The plan was followed up to ${formatCount(range.upTo)} rows of ${table}, which says nothing of ${formatCount(limit)}.`],
      `Follow it further: { ${table}: { upTo: ${limit} } }`,
    )
  }
  const early = flipsOf(growth).filter(({ flip }) => limits.some(([table, limit]) => (flip.above[table] ?? 0) < limit))
  const text = limits.map(([table, limit]) => `${formatCount(limit)} rows of ${table}`).join(', ')
  return makeVerdict(
    early.length === 0,
    () => [`The plan flips before ${text} (a forecast with projected statistics).`, ...flipLines(growth, early)],
    () => [`The plan does not flip before ${text}, looked at for ${rangeText(growth)}.`, ...growthLines(growth)],
  )
}

function readLimits(rows: unknown): readonly (readonly [string, number])[] {
  const expected = 'rows by table, such as { orders: 5_000_000 }'
  if (typeof rows !== 'object' || rows === null || Object.keys(rows).length === 0) throw wrongOption('rows', expected, rows)
  return Object.entries(rows as Readonly<Record<string, unknown>>).map(([table, limit]) => {
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1)
      throw wrongOption(`rows.${table}`, 'a whole number of rows', limit)
    return [table, limit] as const
  })
}
