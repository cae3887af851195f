import type { SuiteVerbs } from '../databases/suite-parts.js'

/** Suites of this process whose servers were acted on. On `globalThis`, because a runner may load modules once per test file. */
const LIVE: unique symbol = Symbol.for('hotbed.live-controls')
const registry = globalThis as { [LIVE]?: Set<Pick<SuiteVerbs, 'takeBack'>> }

export function noteControlled(verbs: Pick<SuiteVerbs, 'takeBack'>): void {
  ;(registry[LIVE] ??= new Set()).add(verbs)
}

/** Brings back what is still in effect, and gives it in the words of its calls. */
export async function takeBackControls(): Promise<readonly string[]> {
  const live = [...(registry[LIVE] ?? [])]
  registry[LIVE]?.clear()
  // A suite that has ended has nothing in effect.
  const found = await Promise.all(live.map((verbs) => verbs.takeBack().catch(() => [])))
  return found.flat()
}
