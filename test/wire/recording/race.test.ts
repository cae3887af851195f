import { expect, test } from 'vitest'
import { createRace, isRace, type Outcome } from '../../../src/wire/recording/race.js'
import { createRecording } from '../../../src/wire/recording/create-recording.js'
import { readPlan, result, sql, trafficOf } from './traffic.js'

const outcomes: readonly Outcome<number>[] = [
  { participant: 1, status: 'fulfilled', value: 7 },
  { participant: 2, status: 'rejected', reason: new Error('sold out') },
  { participant: 3, status: 'unsettled' },
]
const facts = {
  scenario: 'overlap',
  gate: { match: 'UPDATE seats', parties: 3, arrived: 2, openedBy: 'deadline' },
  invariants: [
    { after: 'start', position: undefined, holds: true, text: '1' },
    { after: 'COMMIT', position: 4, holds: false, text: '-1' },
  ],
} as const
const traffic = trafficOf([sql('UPDATE seats SET left = left - 1', { results: [result('UPDATE 1')] })])
const recording = createRecording(traffic, outcomes, { readPlan })

test('a race is a recording and has the outcomes, the gate and the invariants beside it', () => {
  const race = createRace(recording, facts)
  expect([isRace(race), isRace(recording), isRace({ kind: 'recording' })]).toEqual([true, false, false])
  expect(race.statements).toBe(recording.statements)
  expect(race.filter('UPDATE seats').statements).toHaveLength(1)
  expect(race).toMatchObject({ ...facts, outcomes, result: outcomes })
  expect(Object.isFrozen(race)).toBe(true)
})

test('it prints what became of everybody before the timeline', () => {
  expect(String(createRace(recording, facts))).toMatchInlineSnapshot(`
    "overlap: the gate at UPDATE seats opened: deadline (2 of 3 came)
      participant 1: fulfilled with 7
      participant 2: rejected with Error: sold out
      participant 3: unsettled: it had not ended at the deadline
      the invariant held at 1 of 2 looks
        ✗ after COMMIT: -1
    1.0 ms: 1 statement, 0 commands, 2 connections
      0.0 ms  pg  #1  UPDATE seats SET left = left - 1  → 1 row  took 0.5 ms"
  `)
  expect(JSON.parse(JSON.stringify(createRace(recording, facts)))).toMatchObject({ scenario: 'overlap', gate: facts.gate })
})

test('a scenario may know more', () => {
  expect(createRace(recording, facts, { seed: 7 }).seed).toBe(7)
})
