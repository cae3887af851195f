import type { GateOutcome } from '../rule.js'

export interface GateOptions {
  /** Opens when so many have arrived. Undefined: when it is released. */
  readonly parties: number | undefined
  readonly deadlineMs: number
  /** How many of those that are missing wait for a lock. Asked while somebody waits at the gate. */
  readonly countBlocked: () => Promise<number>
}

/** Holds what arrives until it opens; from then on everything passes. */
export interface Gate {
  /** Settles when the gate is open, or when whoever waits has `gone`. */
  readonly arrive: (gone?: Promise<void>) => Promise<void>
  readonly open: (outcome: GateOutcome) => void
  readonly isOpen: () => boolean
  readonly outcome: () => GateOutcome | undefined
  readonly holding: () => number
}

/** Each look is a statement of its own: the first come soon, as a lock that somebody waits for is there at once. */
const FIRST_LOOK_MS = 2
const LOOK_MS = 10

/**
 * The rule by which PostgreSQL's isolationtester knows that a session waits: one that the others hold up by a lock can never arrive, so the
 * gate does not wait for it.
 */
export function createGate({ parties, deadlineMs, countBlocked }: GateOptions): Gate {
  let outcome: GateOutcome | undefined
  let waiting: (() => void)[] = []
  let deadline: NodeJS.Timeout | undefined
  let look: NodeJS.Timeout | undefined
  const open = (why: GateOutcome): void => {
    outcome ??= why
    clearTimeout(deadline)
    clearTimeout(look)
    const released = waiting
    waiting = []
    for (const release of released) release()
  }
  const lookForLocks = (wanted: number, afterMs: number = FIRST_LOOK_MS): void => {
    look = setTimeout(() => {
      void countBlocked().then((blocked) => {
        if (outcome !== undefined) return
        if (blocked > 0 && waiting.length + blocked >= wanted) open('the others wait for a lock')
        else lookForLocks(wanted, Math.min(afterMs * 2, LOOK_MS))
      })
    }, afterMs)
  }
  return {
    arrive: (gone) =>
      new Promise((resolve) => {
        if (outcome !== undefined) return resolve()
        waiting.push(resolve)
        void gone?.then(() => {
          waiting = waiting.filter((one) => one !== resolve)
          resolve()
        })
        if (waiting.length === parties) return open('all parties arrived')
        if (waiting.length > 1) return
        deadline = setTimeout(() => open('deadline'), deadlineMs)
        if (parties !== undefined) lookForLocks(parties)
      }),
    open,
    isOpen: () => outcome !== undefined,
    outcome: () => outcome,
    holding: () => waiting.length,
  }
}
