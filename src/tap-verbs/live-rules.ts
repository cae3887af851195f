/** Rules of this process that nobody has removed yet. On `globalThis`, because a runner may load modules once per test file. */
const LIVE: unique symbol = Symbol.for('hotbed.live-rules')
const registry = globalThis as { [LIVE]?: Map<object, LiveRuleEntry> }

export interface LiveRuleEntry {
  /** The rule in words. */
  readonly text: string
  readonly remove: () => Promise<unknown>
}

/** Gives the function that says that the rule has gone. */
export function noteLiveRule(entry: LiveRuleEntry): () => void {
  const live = (registry[LIVE] ??= new Map())
  live.set(entry, entry)
  return () => void live.delete(entry)
}

/** Removes all of them, and gives their words. */
export async function removeLiveRules(): Promise<readonly string[]> {
  const live = [...(registry[LIVE]?.values() ?? [])]
  // One that cannot be removed has gone with its suite.
  await Promise.allSettled(live.map(({ remove }) => remove()))
  registry[LIVE]?.clear()
  return live.map(({ text }) => text)
}
