import type { GateOutcome } from '../rule.js'
import { isRecording, type Recording } from './recording.js'

/** What became of one of those who took part in a race. They are numbered from 1. */
export type Outcome<Result = unknown> =
  | { readonly participant: number; readonly status: 'fulfilled'; readonly value: Result }
  | { readonly participant: number; readonly status: 'rejected'; readonly reason: unknown }
  /** It had not settled at the deadline. */
  | { readonly participant: number; readonly status: 'unsettled' }

/** The point at which a race was made certain. */
export interface RaceGate {
  /** What it held, in words. */
  readonly match: string
  /** How many it waited for. Undefined: it opened for another reason than a number. */
  readonly parties: number | undefined
  /** How many came to it. */
  readonly arrived: number
  /** Undefined: it never opened, because nobody came. */
  readonly openedBy: GateOutcome | undefined
}

/** One evaluation of an invariant, on a side connection. */
export interface InvariantCheck {
  /** What had committed: the statement or command, or `start` and `end` for those before and after all. */
  readonly after: string
  /** The `start` of that statement or command on the timeline; undefined for `start` and `end`. */
  readonly position: number | undefined
  readonly holds: boolean
  /** What it evaluated to. */
  readonly text: string
}

/** What is known of a race beside the recording. */
export interface RaceFacts {
  /** The verb: `overlap`, `stampede` … */
  readonly scenario: string
  readonly gate: RaceGate
  /** In the order of the timeline. Empty: no invariant was given. */
  readonly invariants: readonly InvariantCheck[]
}

/** Evidence of a race: the recording of all participants, what became of each, and how the gate opened. Immutable. */
export interface Race<Result = unknown> extends Recording<readonly Outcome<Result>[]>, RaceFacts {
  /** In the order of the participants. The same as `result`. */
  readonly outcomes: readonly Outcome<Result>[]
}

/** True for a `Race`, also one made by another copy of the package. */
export function isRace(value: unknown): value is Race {
  return isRecording(value) && 'scenario' in value && 'outcomes' in value && 'gate' in value
}

/** Makes the evidence of a race of its recording. `more` is what one scenario knows beyond the others. */
export function createRace<Result, More extends object = object>(
  recording: Recording<readonly Outcome<Result>[]>,
  { scenario, gate, invariants }: RaceFacts,
  more?: More,
): Race<Result> & More {
  const facts = {
    scenario,
    outcomes: recording.result,
    gate: Object.freeze({ ...gate }),
    invariants: Object.freeze(invariants.map((check) => Object.freeze({ ...check }))),
    ...more,
  }
  const race: Race<Result> & More = Object.defineProperties({ ...facts } as Race<Result> & More, {
    ...Object.getOwnPropertyDescriptors(recording),
    toString: { value: (options?: { readonly setUp?: boolean }) => [...raceLines(race), recording.toString(options)].join('\n') },
    toJSON: { value: () => ({ ...facts, ...recording.toJSON() }) },
  })
  return Object.freeze(race)
}

/** How the gate opened, what became of each participant, and where the invariant did not hold. */
export function raceLines({ scenario, outcomes, gate, invariants }: Pick<Race, keyof RaceFacts | 'outcomes'>): readonly string[] {
  const failed = invariants.filter(({ holds }) => !holds)
  return [
    `${scenario}: ${gateText(gate)}`,
    ...outcomes.map((outcome) => `  participant ${outcome.participant}: ${outcomeText(outcome)}`),
    ...(invariants.length === 0 ? [] : [`  the invariant held at ${invariants.length - failed.length} of ${invariants.length} looks`]),
    ...failed.slice(0, 3).map(({ after, text }) => `    ✗ after ${after}: ${text}`),
  ]
}

/** `the gate at UPDATE seats was opened by: all parties arrived (2 of 2)` */
export function gateText({ match, parties, arrived, openedBy }: RaceGate): string {
  const came = parties === undefined ? `${arrived} came` : `${arrived} of ${parties} came`
  if (openedBy === undefined && parties === undefined) return `at ${match} (${came})`
  return openedBy === undefined ? `the gate at ${match} stayed closed (${came})` : `the gate at ${match} opened: ${openedBy} (${came})`
}

/** `fulfilled with {"ok":true}`, `rejected with Error: sold out`, `unsettled` */
export function outcomeText(outcome: Outcome): string {
  if (outcome.status === 'fulfilled') return `fulfilled with ${valueText(outcome.value)}`
  if (outcome.status === 'rejected') return `rejected with ${clip(String(outcome.reason))}`
  return 'unsettled: it had not ended at the deadline'
}

function valueText(value: unknown): string {
  try {
    return clip(JSON.stringify(value) ?? String(value))
  } catch {
    // Circular, or with a BigInt.
    return clip(Object.prototype.toString.call(value))
  }
}

function clip(text: string): string {
  const [line = ''] = text.split('\n', 1)
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`
}

const SHOWN = 100
