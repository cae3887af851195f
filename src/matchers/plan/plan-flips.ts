import { formatCount } from '../../plan/print.js'
import { isPlanGrowth, type PlanFlip, type PlanGrowth, type PlanGrowthSet } from '../../plan/growth/plan-growth.js'
import { printConfirmation, printFlipCosts, printPlanGrowth, printRows, printTie } from '../../plan/growth/print-plan-growth.js'
import { planHead } from '../../plan/shape.js'
import { wrongEvidence } from '../message/evidence.js'
import { statementLines } from '../message/plan-excerpt.js'

/** A flip with the set of values it was found for. */
export interface SetFlip {
  readonly set: PlanGrowthSet
  readonly flip: PlanFlip
}

const SHOWN = 2

/** @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for anything else */
export function readPlanGrowthEvidence(received: unknown, matcher: string): PlanGrowth {
  if (isPlanGrowth(received)) return received
  throw wrongEvidence(
    received,
    matcher,
    'the growth of a plan',
    'const growth = await postgres.planGrowth(sql, params, { orders: { upTo: 1_000_000_000 } })',
  )
}

/** All flips of all sets. */
export function flipsOf({ sets }: PlanGrowth): readonly SetFlip[] {
  return sets.flatMap((set) => set.flips.map((flip) => ({ set, flip })))
}

/** What was expected, the first flips with why and what they cost, and how to see them with real rows. */
export function flipLines(growth: PlanGrowth, flips: readonly SetFlip[]): readonly string[] {
  const rest = flips.length - SHOWN
  return [
    ...statementOf(growth),
    ...flips.slice(0, SHOWN).flatMap(({ set, flip }) => oneFlip(growth, set, flip)),
    ...(rest > 0 ? ['', `  … and ${rest} more ${rest === 1 ? 'flip' : 'flips'}`] : []),
    ...tieLines(growth),
  ]
}

/** Sizes and plans of a growth that met the expectation. */
export function growthLines(growth: PlanGrowth): readonly string[] {
  return [...statementOf(growth), '', ...printPlanGrowth(growth).map((line) => (line === '' ? '' : `  ${line}`))]
}

/** `orders from 5,000 to 1,000,000 rows` */
export function rangeText({ tables }: PlanGrowth): string {
  return tables.map(({ table, from, upTo }) => `${table} from ${formatCount(from)} to ${formatCount(upTo)} rows`).join(', ')
}

function oneFlip(growth: PlanGrowth, set: PlanGrowthSet, flip: PlanFlip): readonly string[] {
  const { params } = set
  const values = statementLines({ ...flip.from, sql: '', params, scale: undefined }).slice(1)
  const verify = Object.fromEntries(Object.entries(flip.above).map(([table, rows]) => [table, Math.round(rows * 1.1)]))
  return [
    '',
    `  above ${printRows(flip.above)}${growth.sets.length > 1 ? `, for ${set.name}` : ''}${values.length === 0 ? '' : ` (${values.map((line) => line.trim()).join(' ')})`}:`,
    `    from ${planHead(flip.from)}`,
    `    to   ${planHead(flip.to)}`,
    ...flip.why.map((line) => `    ${line}`),
    `    ${printFlipCosts(flip)}`,
    ...(flip.confirmed === undefined
      ? [`    see it with real rows: await postgres.grow({ ${printCode(verify)} }), then explain; or { confirm: true }`]
      : printConfirmation(flip).map((line) => `    ${line}`)),
  ]
}

function printCode(rows: Readonly<Record<string, number>>): string {
  return Object.entries(rows)
    .map(([table, count]) => `${/^[a-z_]\w*$/i.test(table) ? table : JSON.stringify(table)}: ${formatCount(count).replaceAll(',', '_')}`)
    .join(', ')
}

function tieLines({ sets }: PlanGrowth): readonly string[] {
  const ties = sets.flatMap(({ ties: own }) => own.flatMap(printTie))
  return ties.length === 0 ? [] : ['', ...ties.slice(0, SHOWN).map((line) => `  ${line}`)]
}

function statementOf({ sets }: PlanGrowth): readonly string[] {
  const plan = sets[0]?.points[0]?.plan
  return plan === undefined ? [] : statementLines({ ...plan, params: [], scale: undefined })
}
