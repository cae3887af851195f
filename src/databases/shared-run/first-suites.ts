import { debug } from '../../primitives/debug.js'
import type { Isolation, SuiteParts } from '../suite-parts.js'

/** The first suite of each stack, opened ahead: starting servers and making a template must not count against the timeout of a test. */
export interface FirstSuites {
  /** Opens one in the background. A failure is seen by whoever takes it. */
  readonly prepare: (stack: string, isolation: Isolation) => void
  /** Settles when the one of this stack is open, or has failed, or was taken. */
  readonly ready: (stack: string) => Promise<void>
  /** Hands it out, once. */
  readonly take: (stack: string, isolation: Isolation) => Promise<SuiteParts> | undefined
  /** Opens them anew, because what they were made from may have changed. */
  readonly renew: () => void
}

interface Prepared {
  readonly isolation: Isolation
  opening?: Promise<SuiteParts> | undefined
}

export function createFirstSuites(open: (stack: string, isolation: Isolation) => Promise<SuiteParts>): FirstSuites {
  const prepared = new Map<string, Prepared>()
  const prepare = (stack: string, isolation: Isolation): void => {
    const opening = open(stack, isolation)
    opening.catch((error: unknown) => debug('not opened ahead: %o', error))
    prepared.set(stack, { isolation, opening })
  }
  return {
    prepare,
    ready: async (stack) => {
      await prepared.get(stack)?.opening?.catch(() => {})
    },
    take: (stack, isolation) => {
      const first = prepared.get(stack)
      if (first?.isolation !== isolation) return undefined
      const { opening } = first
      first.opening = undefined
      return opening
    },
    renew: () => {
      for (const [stack, { isolation, opening }] of prepared) {
        opening?.then((suite) => suite.verbs.dispose()).catch((error: unknown) => debug('not disposed: %o', error))
        prepare(stack, isolation)
      }
    },
  }
}
