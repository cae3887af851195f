import { describeMatch, matcherOf, type Match } from '../../wire/match.js'
import { plural } from '../../primitives/plural.js'
import { outcomeText } from '../../wire/recording/race.js'
import { isOperations, type Operation, type Operations } from '../../wire/recording/operations.js'
import type { RecordedEvent, Recording, UpstreamCall } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { readCountable } from '../recording/countable.js'
import { nearestLines, windowLine } from '../recording/recording-excerpt.js'

/** What of an operation's attempts reached the wire, up to the first jump of the clock. */
export interface WireAttempts {
  /** `3 calls`, `1 request like POST /charges` */
  readonly count: (attempts: number) => string
  readonly attempts: readonly RecordedEvent[]
  /** That began before the jump. */
  readonly operations: readonly Operation[]
  readonly recording: Operations
}

/** @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for anything but operations */
export function readOperations(received: unknown, matcher: string): Operations {
  const recording = readCountable(received, matcher)
  if (isOperations(recording)) return recording
  throw wrongEvidence(received, matcher, 'operations that were tried', 'const run = await suite.repeat(10, () => …)')
}

/**
 * The attempts that a matcher of a circuit breaker counts: those that match, by default all calls of upstreams.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for anything but operations, where none reached the wire, or one was answered by a forgotten route
 */
export function readWireAttempts(received: unknown, matcher: string, match: Match | undefined): WireAttempts {
  const recording = readOperations(received, matcher)
  const until = recording.clock.jumps[0]?.at ?? Infinity
  const found: readonly RecordedEvent[] = match === undefined ? recording.calls : recording.timeline.filter(matcherOf(match))
  const attempts = found.filter(({ start }) => start < until)
  const count = (many: number): string =>
    match === undefined ? plural(many, 'call') : `${plural(many, 'request')} like ${describeMatch(match)}`
  if (attempts.length === 0) {
    throw unjudgeable(
      [
        `${matcher}: none of the ${recording.outcomes.length} operations reached the wire with ${match === undefined ? 'a call' : describeMatch(match)}.`,
        windowLine(recording),
        ...(match === undefined ? [] : nearestLines(describeMatch(match), recording.timeline, 'request')),
        ...outcomeLines(recording.outcomes),
      ],
      match === undefined
        ? 'Point the application to an upstream of the suite, or name what is guarded: { match: … }. Was the circuit open already?'
        : 'Name what the application asks for. Was the circuit open already?',
    )
  }
  requireRoutes(recording, attempts, matcher)
  return { count, attempts, operations: recording.outcomes.filter(({ startedAt }) => startedAt < until), recording }
}

/**
 * What nobody defined says nothing of the application.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`
 */
export function requireRoutes(recording: Recording, events: readonly RecordedEvent[], matcher: string): void {
  const forgotten = events.find((event): event is UpstreamCall => event.store === 'upstream' && event.problem !== undefined)
  if (forgotten === undefined) return
  throw unjudgeable(
    [`${matcher}: a call was answered ${forgotten.status} by hotbed, since ${forgotten.problem}.`, windowLine(recording)],
    'Define the route: suite.startUpstream({ routes }).',
  )
}

/** It was answered with an error, cut, or not at all. */
export function hasFailed({ error, end }: RecordedEvent): boolean {
  return error !== undefined || end === undefined
}

const SHOWN = 3

/** What became of the first of these operations. */
export function outcomeLines(operations: readonly Operation[]): readonly string[] {
  const shown = operations.slice(0, SHOWN).map((operation) => `  operation ${operation.participant}: ${outcomeText(operation)}`)
  return operations.length > SHOWN ? [...shown, `  … and ${operations.length - SHOWN} more`] : shown
}

/** `503 ×9, reset ×1` */
export function failureCounts(attempts: readonly RecordedEvent[]): string {
  const counts = new Map<string, number>()
  for (const attempt of attempts.filter(hasFailed)) {
    const { error } = attempt
    const text = error === undefined ? 'no answer' : typeof error === 'string' ? error : error.code
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return [...counts].map(([text, count]) => `${text} ×${count}`).join(', ')
}
