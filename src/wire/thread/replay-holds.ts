import type { ReplayHold } from '../exchange.js'

/** When replays of replicas stood still. */
export interface ReplayHolds {
  /** These stand still from the position `at` on, and no others. */
  readonly set: (replicas: readonly number[], at: number) => void
  /** Gives a function that tells what has been since now, as positions of the timeline. */
  readonly watch: () => () => readonly ReplayHold[]
}

type OpenHold = { -readonly [Name in keyof ReplayHold]: ReplayHold[Name] }

export function createReplayHolds(): ReplayHolds {
  /** As long as the suite: a test holds a handful of times. */
  const all: OpenHold[] = []
  const isOpen = ({ to }: OpenHold): boolean => to === undefined
  return {
    set: (replicas, at) => {
      for (const hold of all.filter(isOpen)) if (!replicas.includes(hold.replica)) hold.to = at
      const held = new Set(all.filter(isOpen).map(({ replica }) => replica))
      for (const replica of replicas) if (!held.has(replica)) all.push({ replica, from: at, to: undefined })
    },
    watch: () => {
      const before = new Set(all.filter(isOpen))
      const first = all.length
      return () => all.filter((hold, index) => index >= first || before.has(hold)).map((hold) => ({ ...hold }))
    },
  }
}
