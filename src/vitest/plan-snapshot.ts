import * as vitest from 'vitest'
import type { MatcherVerdict, PlanSnapshotOptions } from '../matchers/index.js'
import type { PlanComparison, PlanSnapshot } from '../matchers/plan/plan-snapshot.js'
import { loadMatchers } from './load-matchers.js'

/** The matcher of plans that keeps a file. For other runners: `expect(printPlanSnapshot(plan)).toMatchSnapshot()`. */
export interface PlanSnapshotMatchers {
  /**
   * The plan has the shape that the snapshot file has, and reads no more buffers than its budget, with 10 % of tolerance. Written when there is
   * none, and with `-u`. Not compared under other planner settings.
   */
  toMatchPlanSnapshot(options?: PlanSnapshotOptions): void
}

/** What `expect` of vitest passes. */
type MatcherState = ThisParameterType<typeof vitest.Snapshots.toMatchSnapshot>

/**
 * Compares a plan, or that of a statement, with the snapshot file, in vitest's own way. Two expectations of one test have a snapshot each.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what has no plan, and where the snapshot was kept under other planner settings
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for other options
 */
export function toMatchPlanSnapshot(this: MatcherState, received: unknown, options: PlanSnapshotOptions = {}): MatcherVerdict {
  const { capturePlan, comparePlanSnapshots, parsePlanSnapshot, printPlanSnapshot, renderPlanSnapshot } = loadMatchers()
  const plan = capturePlan(received, options)
  // Not there in the first versions of vitest 4.1, which compare texts alone.
  const { Snapshots }: { readonly Snapshots?: Partial<typeof vitest.Snapshots> } = vitest
  if (Snapshots?.toMatchDomainSnapshot === undefined) {
    vitest.expect(printPlanSnapshot(received)).toMatchSnapshot()
    return { pass: true, message: () => 'The plan matches its snapshot.' }
  }
  let comparison: PlanComparison | undefined
  const verdict = Snapshots.toMatchDomainSnapshot.call(
    this,
    {
      name: 'plan',
      capture: () => plan,
      render: (captured: PlanSnapshot) => frame(renderPlanSnapshot(captured)),
      parseExpected: parsePlanSnapshot,
      match: (captured: PlanSnapshot, kept: PlanSnapshot) => {
        comparison = comparePlanSnapshots(captured, kept, options)
        return { pass: comparison.pass, resolved: frame(comparison.resolved), expected: frame(renderPlanSnapshot(kept)) }
      },
    },
    received,
  )
  return tell(verdict as MatcherVerdict, comparison)
}

/** With `-u` what would be refused is replaced, and passes. */
function tell(verdict: MatcherVerdict, comparison: PlanComparison | undefined): MatcherVerdict {
  if (verdict.pass || comparison === undefined) return verdict
  const { refusal, differences } = comparison
  if (refusal !== undefined) {
    throw loadMatchers().unjudgeable(
      [`${verdict.message()}: ${refusal}.`],
      'Plan under the same settings, or keep the plan anew with vitest -u when the change is wanted.',
    )
  }
  return {
    ...verdict,
    message: () => [`${verdict.message()}.`, ...differences, '  Keep it with vitest -u when the change is wanted.'].join('\n'),
  }
}

/** As vitest writes texts of several lines. */
function frame(text: string): string {
  return `\n${text}\n`
}
