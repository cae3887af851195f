import { endInOrder } from './end-in-order.js'

/** What has to end with its owner: programs and servers that a test started and did not end itself. */
export interface Endings {
  /** Gives the function that says that it has ended already. */
  readonly add: (end: () => Promise<void>) => () => void
  /** Ends what is left, the youngest first. */
  readonly endAll: () => Promise<void>
}

/** Those with something to end. On `globalThis`, because a runner may load modules once per test file. */
const LIVE: unique symbol = Symbol.for('hotbed.live-endings')
const registry = globalThis as { [LIVE]?: Set<Endings> }

export function createEndings(): Endings {
  const live = (registry[LIVE] ??= new Set())
  const ends = new Set<() => Promise<void>>()
  const endings: Endings = {
    add: (end) => {
      const own = (): Promise<void> => end()
      ends.add(own)
      live.add(endings)
      return () => void ends.delete(own)
    },
    endAll: async () => {
      const left = [...ends].toReversed()
      ends.clear()
      live.delete(endings)
      await endInOrder(...left)
    },
  }
  return endings
}

/** Ends all that is left of all owners in this process: under a runner, suites may go without being disposed of. */
export async function endLiveEndings(): Promise<void> {
  await endInOrder(...[...(registry[LIVE] ?? [])].map(({ endAll }) => endAll))
}
