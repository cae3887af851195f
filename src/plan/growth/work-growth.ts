import type { Plan } from '../plan.js'
import type { GrowthLaw, PowerFit } from './fit.js'

/**
 * What is counted. `buffers`: blocks of 8 kB that Postgres read from memory or disk. `rowsExamined`: rows looked at where tables are read.
 * `statements` and `commands`: of SQL and of Redis. `roundTrips`: times that a connection, of either store, waited for an answer; what is sent
 * in one pipeline is one.
 */
export type WorkMeasure = 'buffers' | 'rowsExamined' | 'statements' | 'roundTrips' | 'commands'

/** How often each thing was counted. */
export type WorkCounts = Readonly<Partial<Record<WorkMeasure, number>>>

/** What one kind of statement or command did. */
export interface WorkDone {
  readonly store: 'postgres' | 'redis'
  /** The shape of the statements, or the name of the commands. */
  readonly text: string
  /** How often it was executed. */
  readonly times: number
  readonly counts: WorkCounts
  /** Of the execution that read the most buffers. */
  readonly plan: Plan | undefined
}

/** What was done at one size. */
export interface GrowthPoint {
  readonly size: number
  readonly counts: WorkCounts
  readonly work: readonly WorkDone[]
}

/** How one count grows. */
export interface MeasureFit extends PowerFit {
  readonly measure: WorkMeasure
  /** One for each size. */
  readonly counts: readonly number[]
  /** The slowest law that it keeps to; `undefined` when it grows faster than all. */
  readonly law: GrowthLaw | undefined
}

/** Evidence of `measureGrowth`: how the work grows with the size. Immutable. */
export interface WorkGrowth {
  readonly kind: 'work-growth'
  readonly points: readonly GrowthPoint[]
  /** One for each count that is known at every size. */
  readonly fits: readonly MeasureFit[]
  /** Why a count is not among the fits. */
  readonly uncounted: Readonly<Partial<Record<WorkMeasure, string>>>
  /** A table: sizes, counts, and how they grow. */
  readonly toString: () => string
}

/** True for a `WorkGrowth`, also one made by another copy of the package. */
export function isWorkGrowth(value: unknown): value is WorkGrowth {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'work-growth' && 'fits' in value
}

export const WORK_MEASURES: readonly WorkMeasure[] = ['buffers', 'rowsExamined', 'statements', 'roundTrips', 'commands']
