import { monotonicMs } from '../primitives/real-time.js'
import { createParticipants, type Participants } from '../scenarios/participants.js'
import type { TimedOutcome } from '../wire/recording/outcome-evidence.js'

/** Participants of whom it is known when they settled. */
export interface TimedParticipants<Result> extends Omit<Participants<Result>, 'outcomes'> {
  readonly outcomes: () => readonly TimedOutcome<Result>[]
}

export function createTimedParticipants<Result>(act: (participant: number) => Promise<Result> | Result): TimedParticipants<Result> {
  const settledMs = new Map<number, number>()
  const participants = createParticipants(async (participant): Promise<Result> => {
    const from = monotonicMs()
    try {
      return await act(participant)
    } finally {
      settledMs.set(participant, monotonicMs() - from)
    }
  })
  return {
    ...participants,
    outcomes: () =>
      Object.freeze(
        participants
          .outcomes()
          .map((outcome) =>
            Object.freeze({ ...outcome, settledMs: outcome.status === 'unsettled' ? undefined : settledMs.get(outcome.participant) }),
          ),
      ),
  }
}
