import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { plural } from '../../primitives/plural.js'
import { isRecovery, type Recovery } from '../../wire/recording/recovery.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { isAnswered, outcomeLines, waitingLines } from './outage-evidence.js'
import { findRepeatedEffects } from './repeated-effects.js'

export interface RecoverBounds {
  /** So many requests may fail before the first that is served. @default as many as were attempted */
  readonly within?: number
}

/**
 * Passes when the application came back by itself: an attempt was served after at most so many that failed, no effect happened twice, and what the
 * server has forgotten was told it again: scripts (NOSCRIPT), prepared statements (26000).
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `suite.recover`
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function toRecover(received: unknown, bounds: RecoverBounds = {}): MatcherVerdict {
  const verb = 'const back = await suite.recover(() => app.inject(…), { after: outage.end })'
  if (!isRecovery(received)) throw wrongEvidence(received, 'toRecover', 'how an application comes back', verb)
  const run = received
  readCountable(run, 'toRecover')
  if (typeof bounds !== 'object' || bounds === null) throw wrongOption('bounds', 'an object such as { within: 1 }', bounds)
  checkOptionNames(bounds, ['within'], 'toRecover()')
  const { within } = bounds
  if (within !== undefined) checkWholeNumber('within', within, 0, 'a whole number of requests from 0 on')
  const failed = run.outcomes.filter((outcome) => !isAnswered(outcome, (status) => status < 500))
  const fault = findFault(run, failed.length, within)
  return makeVerdict(
    fault === undefined,
    () => [
      fault?.text ?? '',
      windowLine(run),
      ...outcomeLines(failed),
      ...waitingLines(run),
      ...timelineLines(run, fault?.events ?? []),
      ...(fault?.remedy === undefined ? [] : [`  ${fault.remedy}`]),
    ],
    () => [
      `Recovered after ${plural(failed.length, 'request')} that failed, expected that not.`,
      windowLine(run),
      ...outcomeLines(failed),
      ...timelineLines(run, []),
    ],
  )
}

interface Fault {
  readonly text: string
  readonly events: readonly RecordedEvent[]
  readonly remedy?: string
}

function findFault(run: Recovery, failed: number, within: number | undefined): Fault | undefined {
  const forgotten = findForgotten(run)
  const because = forgotten === undefined ? {} : { remedy: forgotten.remedy }
  if (failed === run.outcomes.length) {
    const text = `Did not recover: none of ${plural(failed, 'request')} was served, of ${run.attempts} that were allowed.`
    return { text, events: forgotten?.events ?? lastFailed(run), ...because }
  }
  if (within !== undefined && failed > within) {
    const text = `Recovered after ${plural(failed, 'request')} that failed, expected at most ${within}.`
    return { text, events: forgotten?.events ?? lastFailed(run), ...because }
  }
  const repeated = findRepeatedEffects(run)
  if (repeated.length === 0) return forgotten
  return {
    text: `Recovered, and ${plural(repeated.length, 'write')} took effect again, beside that of the one request that was served.`,
    events: repeated,
    remedy:
      'What a client queues while the store is out (the offline queue of node-redis and ioredis) comes beside the retry: end one of the two.',
  }
}

/** Refused because the server does not know it any more, and not told it again. */
function findForgotten({ timeline }: Recovery): (Fault & { readonly remedy: string }) | undefined {
  const last = (isSame: (event: RecordedEvent) => boolean): RecordedEvent | undefined => timeline.findLast(isSame)
  for (const event of timeline) {
    if (event.store === 'redis' && event.error?.startsWith('NOSCRIPT') === true) {
      const isScript = (one: RecordedEvent): boolean => one.store === 'redis' && one.isScript && one.keys.join() === event.keys.join()
      if (last(isScript)?.error === undefined) continue
      const text = 'The script was not loaded again: the server has forgotten it, and was only asked for it by its digest.'
      return { text, events: [event], remedy: 'On NOSCRIPT send the script itself: EVAL, or SCRIPT LOAD and the same EVALSHA.' }
    }
    if (event.store === 'postgres' && event.error?.code === '26000') {
      const { shape } = event
      if (last((one) => one.store === 'postgres' && one.shape === shape)?.error === undefined) continue
      const text = 'The statement was not prepared again: the session that knew it has gone.'
      return { text, events: [event], remedy: 'On 26000 forget what was prepared on this connection, and send the statement itself.' }
    }
  }
  return undefined
}

function lastFailed({ timeline }: Recovery): readonly RecordedEvent[] {
  const failed = timeline.findLast(({ error, end }) => error !== undefined || end === undefined)
  return failed === undefined ? [] : [failed]
}
