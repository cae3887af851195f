import type { SuiteParts } from '../databases/suite-parts.js'
import type { Rules } from './intercept.js'

/** One set of rules for each suite: predicates are asked one loop for all of them. */
const known = new WeakMap<SuiteParts, Promise<Rules>>()

/** The rules of a suite, loaded by the first test that steers anything. */
export function loadRules(parts: SuiteParts): Promise<Rules> {
  const loading = known.get(parts) ?? import('./intercept.js').then(({ createRules }) => createRules(parts.verbs))
  known.set(parts, loading)
  return loading
}
