/** Everything that judges, in one file of the package: loaded by the first expectation that needs it. */
export { isFixable, matchers, printPlanSnapshot, printWireSnapshot } from '../matchers/index.js'
export { unjudgeable } from '../matchers/message/evidence.js'
export { capturePlan, comparePlanSnapshots, parsePlanSnapshot, renderPlanSnapshot } from '../matchers/plan/plan-snapshot.js'
