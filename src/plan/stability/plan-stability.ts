import type { Plan } from '../plan.js'

/** One set of values with both of its plans, executed. */
export interface StabilitySet {
  readonly name: string
  readonly params: readonly unknown[]
  /** Planned for these values. */
  readonly custom: Plan
  /** Planned without looking at them, the same plan for every set. */
  readonly generic: Plan
}

/** What a prepared statement did while it was executed again and again. */
export interface SwitchSeries {
  /** Names of the sets, in the order in which they came round: all of them in turn, or one alone. */
  readonly sets: readonly string[]
  readonly executions: number
  /** Which execution, from 1, was the first with the generic plan; all later ones had it too. `undefined`: each was planned for its values. */
  readonly genericAt: number | undefined
}

/** When the server leaves the custom plans for the generic one. */
export interface PlanSwitch {
  /** `plan_cache_mode` of the session, `auto` unless a role, a database or the option `settings` says otherwise. */
  readonly planCacheMode: string
  /** All sets in turn, then each alone. */
  readonly series: readonly SwitchSeries[]
  /** The generic plan was used in one of the series. When it was in none, no other order of these sets leads to it either. */
  readonly happens: boolean
}

/** Evidence of `postgres.planStability`: the plans of one statement for several sets of values. Immutable. */
export interface PlanStability {
  readonly kind: 'plan-stability'
  readonly sql: string
  readonly sets: readonly StabilitySet[]
  readonly switch: PlanSwitch
  /** A table: rows, buffers of both plans, and the plans in one line each. */
  readonly toString: () => string
}

/** True for a `PlanStability`, also one made by another copy of the package. */
export function isPlanStability(value: unknown): value is PlanStability {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'plan-stability' && 'sets' in value
}
