import type { Plan, PlanNode } from '../plan.js'

/** A defect that is visible in a plan, found in one of its nodes. */
export interface SmellFinding {
  /** Where; `undefined`: in the plan as a whole. */
  readonly node: PlanNode | undefined
  /** What was found, in one line with the numbers: `reads 50,000 rows of orders to return 3`. */
  readonly text: string
  /** What to do about it, in one line. */
  readonly remedy: string
}

/** A named defect that can be seen in a plan. One smell, one file; its page is `docs/smells/<id>.md`. */
export interface Smell {
  /** As in `toHaveSmells({ only: ['missing-index'] })`. */
  readonly id: string
  /** In a few words, for lists. */
  readonly title: string
  /** Plans that were only estimated show some smells, too; those that need counted rows or buffers find nothing in them. */
  readonly find: (plan: Plan) => readonly SmellFinding[]
}
