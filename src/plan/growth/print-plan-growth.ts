import { formatCount } from '../print.js'
import { printColumns } from '../print-columns.js'
import { planHead } from '../shape.js'
import type { FlipCosts, PlanFlip, PlanGrowth, PlanGrowthSet, PlanTie, TableRows } from './plan-growth.js'

/** For each set the sizes with their plans, then its flips and ties. */
export function printPlanGrowth({ sets }: Pick<PlanGrowth, 'sets'>): readonly string[] {
  return sets.flatMap((set, index) => [...(index === 0 ? [] : ['']), ...printSet(set, sets.length > 1)])
}

function printSet(set: PlanGrowthSet, isNamed: boolean): readonly string[] {
  const lines = printStretches(set)
  const found = [...set.flips.flatMap(printFlip), ...set.ties.flatMap(printTie)]
  const told = found.length === 0 ? ['keeps its plan'] : found
  return isNamed ? [`${set.name}:`, ...[...lines, ...told].map((line) => `  ${line}`)] : [...lines, ...told]
}

/** Neighbouring sizes with one plan in a line. */
function printStretches({ points }: PlanGrowthSet): readonly string[] {
  const stretches: { readonly first: TableRows; last: TableRows; readonly head: string; readonly shape: string }[] = []
  for (const { rows, shape, plan } of points) {
    const current = stretches.at(-1)
    if (current?.shape === shape) current.last = rows
    else stretches.push({ first: rows, last: rows, head: planHead(plan), shape })
  }
  const shown = stretches.length <= 8 ? stretches : [...stretches.slice(0, 4), ...stretches.slice(-4)]
  const lines = printColumns(
    shown.map(({ first, last, head }) => [printRows(first), '…', printRows(last), ` ${head}`]),
    [3],
  )
  return stretches.length === shown.length ? lines : [...lines.slice(0, 4), `… ${stretches.length - 8} more changes`, ...lines.slice(4)]
}

/** `orders 1,024,000, users 10,240` */
export function printRows(rows: TableRows): string {
  return Object.entries(rows)
    .map(([table, count]) => `${table} ${formatCount(count)}`)
    .join(', ')
}

/** The flip, why, and what both plans cost. */
export function printFlip(flip: PlanFlip): readonly string[] {
  return [
    `flips above ${printRows(flip.above)}`,
    ...[...flip.why, printFlipCosts(flip), ...printConfirmation(flip)].map((line) => `  ${line}`),
  ]
}

/** What the old plan and the new one cost where it flips and at the next size. */
export function printFlipCosts({ costs, above }: PlanFlip): string {
  const [table = ''] = Object.keys(above)
  const told = costs.filter(({ rows }) => (rows[table] ?? 0) > (above[table] ?? 0))
  return `cost of the old plan and of the new one: ${told.map((at) => `${printCosts(at)} at ${formatCount(at.rows[table] ?? 0)} rows`).join(', ')}`
}

function printCosts({ from, to }: FlipCosts): string {
  const [old, now] = [from, to].map((value) =>
    value === undefined ? 'unknown' : formatCount(value < 1_000 ? Number(value.toFixed(1)) : Math.round(value)),
  )
  return `${old} and ${now}`
}

/** What real rows said. */
export function printConfirmation({ confirmed }: PlanFlip): readonly string[] {
  if (confirmed === undefined) return []
  const rows = printRows(confirmed.above.rows)
  return confirmed.holds
    ? [`confirmed with real rows: ${rows}`]
    : [`not confirmed: with real rows, ${rows}, the plan is ${planHead(confirmed.above.plan)}`]
}

/** Two plans between which chance decides. */
export function printTie({ between, and, why }: PlanTie): readonly string[] {
  return [`ties between ${printRows(between)} and ${printRows(and)}: ${why}`]
}
