import { endInOrder } from './end-in-order.js'

/** What has to end with its owner: programs and servers that a test started and did not end itself. */
export interface Endings {
  /** Gives the function that says that it has ended already. */
  readonly add: (end: () => Promise<void>) => () => void
  /** Ends what is left, the youngest first. */
  readonly endAll: () => Promise<void>
}

export function createEndings(): Endings {
  const ends = new Set<() => Promise<void>>()
  return {
    add: (end) => {
      const own = (): Promise<void> => end()
      ends.add(own)
      return () => void ends.delete(own)
    },
    endAll: async () => {
      const left = [...ends].toReversed()
      ends.clear()
      await endInOrder(...left)
    },
  }
}
