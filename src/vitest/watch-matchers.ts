import { noteFailedExpectation } from './failed-expectations.js'
import { loadMatchers } from './load-matchers.js'

type Matcher = (this: unknown, received: unknown, ...args: never[]) => { readonly pass: boolean; readonly message: () => string }

/** The same matchers, which note what they were given when they fail. They stay synchronous: what is done about it is done after the test. */
export function watchMatchers<Matchers extends Readonly<Record<string, unknown>>>(matchers: Matchers): Matchers {
  const watched = Object.entries(matchers).map(([name, matcher]) => [name, watch(name, matcher as Matcher)])
  return Object.fromEntries(watched) as Matchers
}

function watch(name: string, matcher: Matcher): Matcher {
  return function (this: unknown, received, ...args) {
    const verdict = matcher.call(this, received, ...args)
    const { isNot = false, task } = (this ?? {}) as { readonly isNot?: boolean; readonly task?: object }
    if (verdict.pass !== isNot || task === undefined || !loadMatchers().isFixable(name, isNot)) return verdict
    const message = verdict.message()
    noteFailedExpectation(task, { matcher: name, message, received })
    return { ...verdict, message: () => message }
  }
}
