import { expect, test } from 'vitest'
import { createOutcomeEvidence, type TimedOutcome } from '../../../src/wire/recording/outcome-evidence.js'
import { isOutageRun, outageText, type OutageFacts } from '../../../src/wire/recording/outage-run.js'
import { isRecording, type Recording } from '../../../src/wire/recording/recording.js'
import { record } from './traffic.js'

const OUTCOMES: readonly TimedOutcome[] = [
  { participant: 1, status: 'rejected', reason: new Error('too late'), settledMs: 50.04 },
  { participant: 2, status: 'unsettled', settledMs: undefined },
]
const FACTS: OutageFacts = { scenario: 'outage', store: 'redis', mode: 'hang', struck: 2, deadlineMs: 100 }

function make() {
  const recording = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(record([])),
      result: { value: OUTCOMES, enumerable: true },
    },
  ) as Recording<readonly TimedOutcome[]>
  return createOutcomeEvidence(recording, FACTS, outageText(FACTS))
}

test('it is a recording that knows what became of each, and cannot be changed', () => {
  const run = make()
  expect([isRecording(run), isOutageRun(run), Object.isFrozen(run)]).toEqual([true, true, true])
  expect(run.outcomes).toBe(OUTCOMES)
  expect(run.filter('GET').commands).toEqual([])
})

test('it prints what happened, and is plain data', () => {
  const run = make()
  expect(String(run)).toBe(
    [
      'outage of redis (hang): 2 requests and connections struck',
      '  participant 1: rejected with Error: too late, after 50.0 ms',
      '  participant 2: unsettled: it had not ended at the deadline',
      '0.0 ms: 0 statements, 0 commands, 2 connections',
    ].join('\n'),
  )
  expect(run.toJSON()).toMatchObject({ scenario: 'outage', store: 'redis', mode: 'hang', struck: 2, outcomes: OUTCOMES })
})
