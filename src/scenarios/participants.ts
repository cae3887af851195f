import { withDeadline } from '../primitives/deadline.js'
import type { Outcome } from '../wire/recording/race.js'

/** Those who take part in a race, numbered from 1. */
export interface Participants<Result> {
  /** Calls the function for the next one. Settles when it has settled; never rejects. */
  readonly start: () => Promise<void>
  readonly started: () => number
  /** What has become of them so far. */
  readonly outcomes: () => readonly Outcome<Result>[]
  /** How many were started and have not settled. */
  readonly unsettled: () => number
  /** Called whenever one has settled. */
  readonly onSettled: (listener: () => void) => void
  /** Waits until all have settled, or so long. */
  readonly settle: (deadlineMs: number) => Promise<void>
}

export function createParticipants<Result>(act: (participant: number) => Promise<Result> | Result): Participants<Result> {
  const outcomes: Outcome<Result>[] = []
  const running: Promise<void>[] = []
  const listeners: (() => void)[] = []
  return {
    start: () => {
      const participant = outcomes.push({ participant: outcomes.length + 1, status: 'unsettled' })
      const note = (outcome: Outcome<Result>): void => {
        outcomes[participant - 1] = outcome
        for (const listener of listeners) listener()
      }
      const call = async (): Promise<Result> => act(participant)
      const settled = call().then(
        (value) => note({ participant, status: 'fulfilled', value }),
        (reason: unknown) => note({ participant, status: 'rejected', reason }),
      )
      running.push(settled)
      return settled
    },
    started: () => outcomes.length,
    outcomes: () => Object.freeze(outcomes.map((outcome) => Object.freeze({ ...outcome }))),
    unsettled: () => outcomes.filter(({ status }) => status === 'unsettled').length,
    onSettled: (listener) => void listeners.push(listener),
    settle: async (deadlineMs) => {
      // Whoever has not settled then stays 'unsettled'.
      await withDeadline(Promise.all(running), deadlineMs, 'the participants').catch(() => {})
    },
  }
}
