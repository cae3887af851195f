/** An expectation that was not met and that an index might mend. */
export interface FailedExpectation {
  readonly matcher: string
  /** As the error has it: an error that the test has caught is not in the report. */
  readonly message: string
  readonly received: unknown
}

/** By test. Modules may be loaded anew for each test file, even when the worker stays. */
const FAILED: unique symbol = Symbol.for('hotbed.failed-expectations')
const registry = globalThis as { [FAILED]?: WeakMap<object, FailedExpectation[]> }

/** Notes what a matcher was given when it failed. */
export function noteFailedExpectation(task: object, expectation: FailedExpectation): void {
  const failed = (registry[FAILED] ??= new WeakMap())
  failed.set(task, [...(failed.get(task) ?? []), expectation])
}

/** What has failed in a test, once. */
export function takeFailedExpectations(task: object): readonly FailedExpectation[] {
  const failed = registry[FAILED]?.get(task) ?? []
  registry[FAILED]?.delete(task)
  return failed
}
