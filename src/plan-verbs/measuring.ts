import type { SuiteVerbs } from '../databases/suite-parts.js'

/** Suites of this process. On `globalThis`, because a runner may load modules once per test file. */
const OPEN: unique symbol = Symbol.for('hotbed.open-suites')
const registry = globalThis as { [OPEN]?: Set<SuiteVerbs> }

/** Gives the function that says that the suite has ended. */
export function noteOpenSuite(verbs: SuiteVerbs): () => void {
  const open = (registry[OPEN] ??= new Set())
  open.add(verbs)
  return () => void open.delete(verbs)
}

/** Runs `measure` while the runs of all suites of this process make no spares. */
export async function whileMeasuring<Result>(measure: () => Promise<Result>): Promise<Result> {
  const open = [...(registry[OPEN] ?? [])]
  await Promise.all(open.map((verbs) => verbs.holdSpares(true)))
  try {
    return await measure()
  } finally {
    // A suite that has ended has let go of them.
    await Promise.allSettled(open.map((verbs) => verbs.holdSpares(false)))
  }
}
