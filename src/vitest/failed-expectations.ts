import { isFixable } from '../matchers/index.js'

/** An expectation that was not met and that an index might mend. */
export interface FailedExpectation {
  readonly matcher: string
  /** As the error has it: an error that the test has caught is not in the report. */
  readonly message: string
  readonly received: unknown
}

type Matcher = (this: unknown, received: unknown, ...args: never[]) => { readonly pass: boolean; readonly message: () => string }

/** By test. Modules may be loaded anew for each test file, even when the worker stays. */
const FAILED: unique symbol = Symbol.for('hotbed.failed-expectations')
const registry = globalThis as { [FAILED]?: WeakMap<object, FailedExpectation[]> }

/** The same matchers, which note what they were given when they fail. They stay synchronous: what is done about it is done after the test. */
export function watchMatchers<Matchers extends Readonly<Record<string, unknown>>>(matchers: Matchers): Matchers {
  const watched = Object.entries(matchers).map(([name, matcher]) => [name, watch(name, matcher as Matcher)])
  return Object.fromEntries(watched) as Matchers
}

function watch(name: string, matcher: Matcher): Matcher {
  return function (this: unknown, received, ...args) {
    const verdict = matcher.call(this, received, ...args)
    const { isNot = false, task } = (this ?? {}) as { readonly isNot?: boolean; readonly task?: object }
    if (verdict.pass !== isNot || task === undefined || !isFixable(name, isNot)) return verdict
    const message = verdict.message()
    const failed = (registry[FAILED] ??= new WeakMap())
    failed.set(task, [...(failed.get(task) ?? []), { matcher: name, message, received }])
    return { ...verdict, message: () => message }
  }
}

/** What has failed in a test, once. */
export function takeFailedExpectations(task: object): readonly FailedExpectation[] {
  const failed = registry[FAILED]?.get(task) ?? []
  registry[FAILED]?.delete(task)
  return failed
}
