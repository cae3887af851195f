import { readStatuses } from '../../primitives/http-status.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import { timedOutcomeText, type TimedOutcome } from '../../wire/recording/outcome-evidence.js'
import { isOutageRun, outageText, type OutageRun } from '../../wire/recording/outage-run.js'
import type { Recording } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { readCountable } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'

const SHOWN = 3

/**
 * The outage that a matcher was given, which struck the application.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else, or nobody met the outage
 */
export function readOutageRun(received: unknown, matcher: string): OutageRun {
  if (!isOutageRun(received)) {
    throw wrongEvidence(received, matcher, 'what an application does in an outage', 'const run = await outage.record(() => app.inject(…))')
  }
  readCountable(received, matcher)
  if (received.struck > 0) return received
  const { mode } = received
  throw unjudgeable(
    [
      `${matcher} judges what an application does about an outage, and this one met none: ${outageText(received)}.`,
      windowLine(received),
      ...outcomeLines(received.outcomes),
      ...waitingLines(received),
    ],
    mode === 'refuse'
      ? "Let the function ask for what needs the store. A port that is closed is known to be asked only from this process: for an application in another one take mode 'reset'."
      : "Let the function ask for what needs the store: String(run) prints what it asked for; an outage with 'for' may be over already.",
  )
}

/** The first outcomes that matter, a line for each. */
export function outcomeLines(outcomes: readonly TimedOutcome[]): readonly string[] {
  return [
    ...outcomes.slice(0, SHOWN).map((outcome) => `  ✗ participant ${outcome.participant}: ${timedOutcomeText(outcome)}`),
    ...(outcomes.length > SHOWN ? [`    … and ${outcomes.length - SHOWN} more`] : []),
  ]
}

/** What those who have not settled were waiting for, as far as the wire shows it. */
export function waitingLines(recording: Recording & { readonly outcomes: readonly TimedOutcome[] }): readonly string[] {
  if (!recording.outcomes.some(({ status }) => status === 'unsettled')) return []
  const asked = [...recording.timeline, ...recording.setUp].filter(
    ({ end, connection }) => end === undefined && isOpen(recording, connection),
  )
  const held = recording.connections.list.filter(({ steered, closedAt }) => steered === 'held by an outage' && closedAt === undefined)
  if (asked.length === 0 && held.length === 0) {
    return ['  Nothing waits on the wire: they wait within the application, for its pool, the queue of its client, or a timer.']
  }
  return [
    '  still waiting on the wire:',
    ...eventLines(asked.slice(0, SHOWN)).map((line) => `  ${line}`),
    ...held.slice(0, SHOWN).map(({ id, store }) => `    connection #${id} to ${store}, which was never let in`),
    ...(asked.length > SHOWN || held.length > SHOWN ? ['    … and more'] : []),
  ]
}

function isOpen({ connections }: Recording, id: number): boolean {
  return connections.list.some((one) => one.id === id && one.closedAt === undefined)
}

/** Fulfilled, and each status of the answer, where it has one, fits. */
export function isAnswered(outcome: TimedOutcome, fits: (status: number) => boolean): boolean {
  return outcome.status === 'fulfilled' && (readStatuses(outcome.value)?.every(fits) ?? true)
}
