import type { SuiteParts } from '../databases/suite-parts.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { readStatuses } from '../primitives/http-status.js'
import { createOutcomeEvidence, type TimedOutcome } from '../wire/recording/outcome-evidence.js'
import type { Recovery, RecoveryFacts } from '../wire/recording/recovery.js'
import { checkOutcomeOptions, DEFAULT_DEADLINE_MS, recordOutcomes, type OutcomeOptions } from './record-outcomes.js'

export interface RecoverOptions extends OutcomeOptions {
  /** Brings the store back, when the recording has begun: `outage.end`, or `() => suite.redis.control.restart()`. */
  readonly after: () => unknown
  /** So often the application is asked at most, each time when the attempt before has settled. @default 5 */
  readonly attempts?: number
}

const MOST_ATTEMPTS = 1_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION`; and whatever `after` throws */
export async function recover<Result>(
  parts: SuiteParts,
  act: (attempt: number) => Promise<Result> | Result,
  options: RecoverOptions,
): Promise<Recovery<Result>> {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', 'an object such as { after: outage.end }', options)
  checkOptionNames(options, ['after', 'attempts', 'deadlineMs', 'plans'], 'recover()')
  checkOutcomeOptions(act, options)
  const { after, attempts = 5, deadlineMs = DEFAULT_DEADLINE_MS, plans = false } = options
  if (typeof after !== 'function') throw wrongOption('after', 'a function that brings the store back', after)
  if (!Number.isInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS)
    throw wrongOption('attempts', `a whole number from 1 to ${MOST_ATTEMPTS}`, attempts)
  const recording = await recordOutcomes(
    parts,
    act,
    async (asking) => {
      await after()
      for (let last: TimedOutcome | undefined; asking.started() < attempts && !isOver(last); last = asking.outcomes().at(-1)) {
        void asking.start()
        await asking.settle(deadlineMs)
      }
    },
    { plans },
  )
  const served = recording.result.some(isServed)
  const facts: RecoveryFacts = { scenario: 'recovery', attempts }
  return createOutcomeEvidence(
    recording,
    facts,
    `recovery: ${served ? `served at attempt ${recording.result.length}` : `not served in ${recording.result.length} of ${attempts} attempts`}`,
  )
}

/** It has succeeded; or it hangs, and whoever asks next would only queue behind it. */
function isOver(last: TimedOutcome | undefined): boolean {
  return last !== undefined && (last.status === 'unsettled' || isServed(last))
}

function isServed(outcome: TimedOutcome): boolean {
  return outcome.status === 'fulfilled' && (readStatuses(outcome.value)?.every((status) => status < 500) ?? true)
}
