import type { Plan } from '../plan.js'

/** Rows by table. */
export type TableRows = Readonly<Record<string, number>>

/** The plan at one size. */
export interface PlanPoint {
  readonly rows: TableRows
  /** Equal for two plans that do it in the same way. */
  readonly shape: string
  /** The planner's estimate for the whole statement, in its own unit. */
  readonly cost: number
  readonly plan: Plan
}

/** What both plans cost at one size; `undefined` where the planner could not be brought to that plan. */
export interface FlipCosts {
  readonly rows: TableRows
  readonly from: number | undefined
  readonly to: number | undefined
}

/** What real rows said about a forecast flip. */
export interface FlipConfirmation {
  /** Below the flip, and the plan that really ran there; absent when the database had more rows already. */
  readonly below: PlanPoint | undefined
  readonly above: PlanPoint
  /** Both really loaded sizes have the plan that was forecast. */
  readonly holds: boolean
}

/** A size from which the planner takes another plan, found to within 2 %. */
export interface PlanFlip {
  /** The largest size that was seen with the old plan. */
  readonly above: TableRows
  readonly from: Plan
  readonly to: Plan
  /** Below the flip, at it, and above it. */
  readonly costs: readonly FlipCosts[]
  /** What decides, in a line each. */
  readonly why: readonly string[]
  /** With `confirm: true` only. */
  readonly confirmed: FlipConfirmation | undefined
}

/** Sizes at which plans cost the planner the same, so that chance decides between them. */
export interface PlanTie {
  readonly between: TableRows
  readonly and: TableRows
  readonly plans: readonly Plan[]
  readonly why: string
}

/** How the plan for one set of values goes on. */
export interface PlanGrowthSet {
  readonly name: string
  readonly params: readonly unknown[]
  /** In ascending order of the sizes; those at which flips were looked for among them. */
  readonly points: readonly PlanPoint[]
  readonly flips: readonly PlanFlip[]
  readonly ties: readonly PlanTie[]
}

/** Evidence of `postgres.planGrowth`: the plan at each size, forecast from the rows of the template. Immutable. */
export interface PlanGrowth {
  readonly kind: 'plan-growth'
  readonly sql: string
  readonly tables: readonly { readonly table: string; readonly seeded: number; readonly from: number; readonly upTo: number }[]
  readonly sets: readonly PlanGrowthSet[]
  /** What could not be told to the planner as it will be. */
  readonly notes: readonly string[]
  /** Sizes, plans, and why they flip. */
  readonly toString: () => string
}

/** True for a `PlanGrowth`, also one made by another copy of the package. */
export function isPlanGrowth(value: unknown): value is PlanGrowth {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'plan-growth' && 'sets' in value
}
