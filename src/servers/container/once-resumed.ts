import { setTimeout as wait } from 'node:timers/promises'
import { createDeadline } from '../../primitives/deadline.js'
import { errorFields } from '../../primitives/error-fields.js'

/** For an engine to hear of what it has done itself. */
const LATE_MS = 5_000
const AGAIN_MS = 20

/**
 * Asks the engine for what it refuses of a paused container, once more while it takes one for paused that goes on: it hears of a pause from containerd, which may be after it
 * has resumed it (moby, `ProcessEvent`).
 */
export async function onceResumed<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = createDeadline(LATE_MS)
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!/is paused/i.test(errorFields(error).message) || deadline.isOver()) throw error
      await wait(AGAIN_MS)
    }
  }
}
