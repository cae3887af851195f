/** While something is measured, spares are not made: of the process that makes them, because another run on the same cores disturbs as much. */
const HELD: unique symbol = Symbol.for('hotbed.held-spares')
const registry = globalThis as { [HELD]?: { holders: number; waiting: (() => void)[] } }
const state = (): { holders: number; waiting: (() => void)[] } => (registry[HELD] ??= { holders: 0, waiting: [] })

/** Holds back until the function that it gives is called. A second call of that does nothing. */
export function holdSpares(): () => void {
  const held = state()
  held.holders += 1
  let isHolding = true
  return () => {
    if (!isHolding) return
    isHolding = false
    held.holders -= 1
    if (held.holders === 0) for (const go of held.waiting.splice(0)) go()
  }
}

/** Settles when nobody holds them back any more; nothing when nobody does. */
export function untilSparesAreFree(): Promise<void> | undefined {
  const held = state()
  if (held.holders === 0) return undefined
  return new Promise<void>((resolve) => void held.waiting.push(resolve)).then(untilSparesAreFree)
}
