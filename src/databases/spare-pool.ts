import { debug } from '../primitives/debug.js'

/** Things made ahead in the background, so that a suite usually waits for nothing. */
export interface SparePool<T> {
  /** A spare when one is ready, else a new one. */
  readonly take: () => Promise<T>
  /** Fills the pool up in the background, one at a time. Called when nothing is being measured. */
  readonly refill: () => void
  /** Settles when no spare is in the making. */
  readonly settled: () => Promise<void>
  /** Ends every spare; nothing is made any more. */
  readonly close: () => Promise<void>
}

export function createSparePool<T>(size: number, make: () => Promise<T>, end: (spare: T) => Promise<void>): SparePool<T> {
  const spares: T[] = []
  let making: Promise<void> | undefined
  let filling: Promise<void> | undefined
  let closed = false

  const makeSpare = async (): Promise<void> => {
    const spare = await make()
    if (closed) await end(spare)
    else spares.push(spare)
  }
  const fill = async (): Promise<void> => {
    while (!closed && spares.length < size) {
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
    settled: async () => {
      await filling
    },
    close: async () => {
      closed = true
      await filling
      await Promise.all(spares.splice(0).map(end))
    },
  }
}
