import { HotbedError } from '../primitives/error.js'
import { insteadText } from '../wire/match-text.js'
import { outcomeText, type Outcome } from '../wire/recording/race.js'
import type { RuleState } from '../wire/rule.js'

/** What is known of a gate that made no race. */
export interface FailedGate {
  readonly scenario: string
  /** What it held, in words. */
  readonly match: string
  readonly state: Pick<RuleState, 'passed'>
}

const NOTHING = 'Nothing else came through the tap either.'

/** The first ended, and nobody was there who could have kept it from the gate. */
export function nobodyCame({ scenario, match, state }: FailedGate, ended: Outcome): HotbedError {
  return new HotbedError('ERR_HOTBED_RACE', {
    message: `${scenario}: participant ${ended.participant}, alone, ended before it came to the gate at ${match}: ${outcomeText(ended)}.`,
    remedy: insteadText(match, state.passed, NOTHING),
    ...(ended.status === 'rejected' ? { cause: ended.reason } : {}),
  })
}

/** Each shall come once: else the gate opens for two statements of one. */
export function cameTwice({ scenario, match }: FailedGate, times: number): HotbedError {
  return new HotbedError('ERR_HOTBED_RACE', {
    message: `${scenario}: participant 1, alone, came to the gate at ${match} ${times} times at once, so the match means more than one of its statements.`,
    remedy: 'Name the one that races, such as { sql: /^update seats set holder/i }.',
  })
}

/** The gate opened because nobody could be waited for any longer. */
export function tooFewCame(
  { scenario, match, state }: FailedGate,
  { parties, arrived, deadlineMs }: { readonly parties: number; readonly arrived: number; readonly deadlineMs: number },
  outcomes: readonly Outcome[],
): HotbedError {
  return new HotbedError('ERR_HOTBED_RACE', {
    message: [
      `${scenario}: waited ${deadlineMs} ms for ${parties} at the gate at ${match}; ${arrived} came, and the others neither ended nor wait for a lock.`,
      ...outcomes.slice(0, 5).map((outcome) => `  participant ${outcome.participant}, when the gate had opened: ${outcomeText(outcome)}`),
    ].join('\n'),
    remedy: insteadText(match, state.passed, NOTHING),
  })
}
