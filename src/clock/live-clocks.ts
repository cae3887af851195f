/** Clocks of this process that have been used. On `globalThis`, because a runner may load modules once per test file. */
const LIVE: unique symbol = Symbol.for('hotbed.live-clocks')
const registry = globalThis as { [LIVE]?: Set<() => Promise<void>> }

/** `end` brings back what the clock has moved. Gives the function that says that it was called. */
export function noteLiveClock(end: () => Promise<void>): () => void {
  const live = (registry[LIVE] ??= new Set())
  live.add(end)
  return () => void live.delete(end)
}

/** Brings all of them back: under a runner, suites may go without being disposed of. */
export async function endLiveClocks(): Promise<void> {
  const live = [...(registry[LIVE] ?? [])]
  registry[LIVE]?.clear()
  // One that cannot be brought back has gone with its suite.
  await Promise.allSettled(live.map((end) => end()))
}
