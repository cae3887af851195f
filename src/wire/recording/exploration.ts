import { plural } from '../../primitives/plural.js'
import { outcomeText, type InvariantCheck, type Race } from './race.js'

/** Why a run counts as failed. */
export type ExplorationFailureReason =
  /** The invariant did not hold. */
  | 'invariant'
  /** A participant rejected, and `failOnRejection` says that none may. */
  | 'rejected'
  /** A participant had not settled at the deadline. */
  | 'unsettled'

/** The run that failed, in the simplest form in which it still fails. */
export interface ExploredFailure<Result = unknown> {
  readonly reason: ExplorationFailureReason
  /** `explore(participants, { seed, runs: 1 })` runs it as it was found. */
  readonly seed: number
  /** The sequence, a line for each step. `explore(participants, { replay: text })` runs it. */
  readonly text: string
  /** How often another participant goes on. */
  readonly switches: number
  /** How many runs it took to make it simpler. */
  readonly replays: number
  /** It failed again when it was run again. */
  readonly isRepeatable: boolean
  /** What was on the wire, what became of each participant, and what the invariant was after every commit. */
  readonly race: Race<Result>
}

/** Evidence of `suite.explore`: which interleavings were run, and the one that failed. Immutable. */
export interface Exploration<Result = unknown> {
  readonly kind: 'exploration'
  readonly participants: number
  readonly seed: number
  /** How many runs there were up to the one that failed, or all; those that made it simpler not counted. */
  readonly runs: number
  /** How many of these were different from each other. */
  readonly interleavings: number
  /** How often the invariant was looked at. 0: there was none. */
  readonly looks: number
  readonly failure: ExploredFailure<Result> | undefined
  /** Of the run that failed; else of the last one. */
  readonly invariants: readonly InvariantCheck[]
  readonly toString: () => string
}

/** True for an `Exploration`, also one made by another copy of the package. */
export function isExploration(value: unknown): value is Exploration {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'exploration' && 'interleavings' in value
}

export function createExploration<Result>(facts: Omit<Exploration<Result>, 'kind' | 'toString'>): Exploration<Result> {
  const { failure, invariants } = facts
  const exploration = {
    kind: 'exploration' as const,
    ...facts,
    failure: failure === undefined ? undefined : Object.freeze({ ...failure }),
    invariants: Object.freeze([...invariants]),
  }
  // Not enumerable, so that it stays plain data to `toEqual` and snapshots.
  Object.defineProperty(exploration, 'toString', { value: () => explorationLines(exploration).join('\n') })
  return Object.freeze(exploration)
}

/** What was run, and of the one that failed why, its sequence, and how it is run again. */
export function explorationLines({ failure, runs, interleavings, looks, seed }: Exploration): readonly string[] {
  const done = `${plural(runs, 'run')}, ${plural(interleavings, 'interleaving')}, seed ${seed}`
  if (failure === undefined) {
    return [`explore: no run failed (${done})`, ...(looks === 0 ? [] : [`  the invariant held at all ${plural(looks, 'look')}`])]
  }
  return [`explore: run ${runs} failed (${done})`, ...failureLines(failure)]
}

const MOST_LINES = 30

/** Why, the sequence, and how it is run again. */
export function failureLines({ reason, race, text, switches, seed, isRepeatable }: ExploredFailure): readonly string[] {
  const broken = race.invariants.find(({ holds }) => !holds)
  const sequence = text.split('\n')
  const rest = sequence.length - MOST_LINES
  return [
    ...(reason === 'invariant' && broken !== undefined
      ? [`  the invariant did not hold ${broken.after === 'end' ? 'at the end' : `after ${broken.after}`}: ${broken.text}`]
      : []),
    ...race.outcomes
      .filter(({ status }) => status !== 'fulfilled')
      .map((outcome) => `  participant ${outcome.participant}: ${outcomeText(outcome)}`),
    `  the sequence, with ${switches === 1 ? '1 switch' : `${switches} switches`} between participants:`,
    ...sequence.slice(0, MOST_LINES).map((line) => `    ${line}`),
    ...(rest > 0 ? [`    … and ${rest} more`] : []),
    isRepeatable
      ? `  run it again: suite.explore(participants, { …, replay: exploration.failure.text }), or as it was found: { …, seed: ${seed}, runs: 1 }`
      : `  it did not fail again when it was run again: something beside the wire decides too`,
  ]
}
