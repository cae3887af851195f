import { formatMs } from './print-recording.js'
import { outcomeText, type Outcome } from './race.js'
import type { Recording } from './recording.js'

/** What became of one who asked, and when. */
export type TimedOutcome<Result = unknown> = Outcome<Result> & {
  /** How long it took to settle, in milliseconds of real time. Undefined: it had not settled at the deadline. */
  readonly settledMs: number | undefined
}

/** Evidence of several who asked: the recording, and what became of each. */
export interface OutcomeEvidence<Result = unknown> extends Recording<readonly TimedOutcome<Result>[]> {
  readonly scenario: string
  /** In the order of the participants. The same as `result`. */
  readonly outcomes: readonly TimedOutcome<Result>[]
}

/** Makes it of a recording and what one scenario knows beyond it. `headline` is the first line of its text. */
export function createOutcomeEvidence<Result, Facts extends { readonly scenario: string }>(
  recording: Recording<readonly TimedOutcome<Result>[]>,
  facts: Facts,
  headline: string,
): OutcomeEvidence<Result> & Facts {
  const known = { ...facts, outcomes: recording.result }
  const evidence = Object.defineProperties({ ...known } as OutcomeEvidence<Result> & Facts, {
    ...Object.getOwnPropertyDescriptors(recording),
    toString: {
      value: (options?: { readonly setUp?: boolean }) =>
        [headline, ...timedOutcomeLines(recording.result), recording.toString(options)].join('\n'),
    },
    toJSON: { value: () => ({ ...known, ...recording.toJSON() }) },
  })
  return Object.freeze(evidence)
}

const SHOWN = 5

/** `  participant 1: rejected with Error: timed out, after 201.4 ms` */
export function timedOutcomeLines(outcomes: readonly TimedOutcome[]): readonly string[] {
  return [
    ...outcomes.slice(0, SHOWN).map((outcome) => `  participant ${outcome.participant}: ${timedOutcomeText(outcome)}`),
    ...(outcomes.length > SHOWN ? [`  … and ${outcomes.length - SHOWN} more`] : []),
  ]
}

export function timedOutcomeText(outcome: TimedOutcome): string {
  return `${outcomeText(outcome)}${outcome.settledMs === undefined ? '' : `, after ${formatMs(outcome.settledMs)}`}`
}
