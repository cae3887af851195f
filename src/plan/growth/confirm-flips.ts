import type { Plan } from '../plan.js'
import { planShape } from '../shape.js'
import { makePlanGrowth } from './grow-plans.js'
import type { FlipConfirmation, PlanFlip, PlanGrowth, PlanPoint, TableRows } from './plan-growth.js'

/** The database that really grows. */
export interface GrowingDatabase {
  readonly grow: (rows: TableRows) => Promise<unknown>
  /** Executes the statement of the growth with these values. */
  readonly explain: (params: readonly unknown[]) => Promise<Plan>
}

/** So far from the flip, where the forecast is not sure to 2 %, its plan has to be the real one. */
const MARGIN = 0.1

/** Loads the rows at which flips were forecast, smaller ones first because a table only grows, and looks which plan really runs. */
export async function confirmFlips(growth: PlanGrowth, database: GrowingDatabase): Promise<PlanGrowth> {
  const [main] = growth.tables
  let loaded = main === undefined ? 0 : main.seeded
  const rowsOf = (rows: TableRows): number => (main === undefined ? 0 : (rows[main.table] ?? 0))
  const scale = (rows: TableRows, factor: number): TableRows =>
    Object.fromEntries(Object.entries(rows).map(([table, count]) => [table, Math.round(count * factor)]))
  const observe = async (rows: TableRows, params: readonly unknown[]): Promise<PlanPoint> => {
    if (rowsOf(rows) > loaded) await database.grow(rows)
    loaded = Math.max(loaded, rowsOf(rows))
    const plan = await database.explain(params)
    return { rows, shape: planShape(plan), cost: plan.root.cost.total, plan }
  }
  const confirmations = new Map<PlanFlip, FlipConfirmation>()
  const flips = growth.sets.flatMap(({ params, flips: own }) => own.map((flip) => ({ flip, params })))
  for (const { flip, params } of flips.toSorted((a, b) => rowsOf(a.flip.above) - rowsOf(b.flip.above))) {
    const beneath = scale(flip.above, 1 - MARGIN)
    const below = rowsOf(beneath) >= loaded ? await observe(beneath, params) : undefined
    const above = await observe(scale(flip.above, 1 + MARGIN), params)
    const holds = above.shape === planShape(flip.to) && (below === undefined || below.shape === planShape(flip.from))
    confirmations.set(flip, { below, above, holds })
  }
  const sets = growth.sets.map((set) => ({ ...set, flips: set.flips.map((flip) => ({ ...flip, confirmed: confirmations.get(flip) })) }))
  return makePlanGrowth({ ...growth, sets })
}
