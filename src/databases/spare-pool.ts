import { debug } from '../primitives/debug.js'
import { untilSparesAreFree } from './held-spares.js'

/** Things made ahead in the background, so that a suite usually waits for nothing. */
export interface SparePool<T> {
  /** A spare when one is ready, else a new one. */
  readonly take: () => Promise<T>
  /** Fills the pool up in the background, one at a time. Called when nothing is being measured. */
  readonly refill: () => void
  /**
   * Takes back what somebody is done with, as a spare. False when there are enough, or `renew` finds that it cannot be handed out again: it is then
   * the caller's to end.
   */
  readonly giveBack: (renew: () => Promise<T | undefined>) => Promise<boolean>
  /** Settles when no spare is in the making. */
  readonly settled: () => Promise<void>
  /** Ends every spare; nothing is made any more. */
  readonly close: () => Promise<void>
}

export function createSparePool<T>(size: number, make: () => Promise<T>, end: (spare: T) => Promise<void>): SparePool<T> {
  const spares: T[] = []
  let making: Promise<void> | undefined
  let filling: Promise<void> | undefined
  let returning = 0
  let closed = false

  const makeSpare = async (): Promise<void> => {
    const spare = await make()
    if (closed) await end(spare)
    else spares.push(spare)
  }
  const fill = async (): Promise<void> => {
    while (!closed && spares.length < size) {
      const held = untilSparesAreFree()
      if (held !== undefined) await held
      if (closed) return
      making = makeSpare()
      await making
    }
  }
  return {
    take: async () => {
      // A spare that is half made is nearer than one that is not begun.
      if (spares.length === 0) await making?.catch(() => {})
      return spares.shift() ?? make()
    },
    refill: () => {
      filling ??= fill()
        // Whoever takes next makes one itself and sees the error.
        .catch((error: unknown) => debug('spare not made: %o', error))
        .finally(() => {
          making = undefined
          filling = undefined
        })
    },
    giveBack: async (renew) => {
      // Twice the size: what workers return while they are between two files would else be ended and made anew for the next.
      if (closed || spares.length + returning >= 2 * size) return false
      returning += 1
      try {
        const spare = await renew()
        if (spare === undefined || closed) return false
        spares.push(spare)
        return true
      } finally {
        returning -= 1
      }
    },
    settled: async () => {
      await filling
    },
    close: async () => {
      closed = true
      // Not `filling`: it may wait for the end of a measurement.
      await making?.catch(() => {})
      await Promise.all(spares.splice(0).map(end))
    },
  }
}
