import { expect, test } from 'vitest'
import { createRecording } from '../../../src/wire/recording/create-recording.js'
import { createRace, type InvariantCheck, type Outcome, type Race } from '../../../src/wire/recording/race.js'
import { toNeverOversell } from '../../../src/matchers/races/to-never-oversell.js'
import { toPreserve } from '../../../src/matchers/races/to-preserve.js'
import { readPlan, result, sql, trafficOf } from '../../wire/recording/traffic.js'
import { messageOf } from './message-of.js'

const UPDATE = 'UPDATE seats SET free = free - 1'

function raceOf(
  values: readonly unknown[],
  looks: readonly (readonly [after: string, position: number | undefined, holds: boolean])[],
): Race {
  const outcomes = values.map((value, index): Outcome => ({ participant: index + 1, status: 'fulfilled', value }))
  const traffic = trafficOf([sql(UPDATE, { results: [result('UPDATE 1')] }), sql(UPDATE, { results: [result('UPDATE 1')] })])
  const invariants = looks.map(([after, position, holds]): InvariantCheck => ({ after, position, holds, text: `${holds}` }))
  const gate = { match: 'UPDATE seats', parties: 2, arrived: 2, openedBy: 'all parties arrived' } as const
  return createRace(createRecording(traffic, outcomes, { readPlan }), { scenario: 'overlap', gate, invariants })
}

const START = ['start', undefined, true] as const
const END = ['end', undefined, true] as const
const sound = raceOf([true, false], [START, [UPDATE, 0, true], END])
const passing = raceOf([true, true], [START, [UPDATE, 0, false], [UPDATE, 2, true], END])
const broken = raceOf([true, true], [START, [UPDATE, 0, true], [UPDATE, 2, false], ['end', undefined, false]])

test('an invariant that held after every commit is preserved', () => {
  expect(toPreserve(sound).pass).toBe(true)
  expect(toPreserve(sound).message()).toContain('The race preserved the invariant at all 3 looks, expected that it breaks it.')
})

test('one that a commit broke is not, though it held at the end', () => {
  expect(toPreserve(passing).pass).toBe(false)
  expect(toPreserve(broken, 'free >= 0').message()).toMatchInlineSnapshot(`
    "The race broke free >= 0 at 1 of 4 looks, expected never.
      overlap: the gate at UPDATE seats opened: all parties arrived (2 of 2 came)
        participant 1: fulfilled with true
        participant 2: fulfilled with true
        the invariant held at 2 of 4 looks
          ✗ after UPDATE seats SET free = free - 1: false
          ✗ after end: false
      timeline:
        0.0 ms  pg  #1  UPDATE seats SET free = free - 1  → 1 row  took 0.5 ms
      ✗ 1.0 ms  pg  #1  UPDATE seats SET free = free - 1  → 1 row  took 0.5 ms"
  `)
})

test('a race without an invariant, or without a commit, proves nothing', () => {
  expect(messageOf(() => toPreserve(raceOf([true], [])))).toContain('this race has none')
  expect(messageOf(() => toPreserve(raceOf([true], [START, END])))).toContain('nothing was committed')
  expect(messageOf(() => toPreserve(7))).toContain('toPreserve judges a race, and was given 7')
})

test('no more are accepted than there is capacity', () => {
  expect(toNeverOversell(sound, { capacity: 1 }).pass).toBe(true)
  expect(toNeverOversell(raceOf([{ statusCode: 201 }, { statusCode: 409 }], []), { capacity: 1 }).pass).toBe(true)
  expect(toNeverOversell(raceOf([true, true], []), { capacity: 1, accepted: () => true }).pass).toBe(false)
  const [verdict, ...proof] = toNeverOversell(broken, { capacity: 1 }).message().split('\n')
  expect(verdict).toBe('2 of 2 participants were accepted, capacity 1; and the invariant was broken.')
  expect(proof).toEqual(toPreserve(broken).message().split('\n').slice(1))
  expect(toNeverOversell(passing, { capacity: 2 }).pass).toBe(false)
  expect(toNeverOversell(sound, { capacity: 1 }).message()).toContain('1 of 2 participants were accepted, capacity 1, expected more.')
})

test('a race in which nobody was accepted sold nothing', () => {
  expect(messageOf(() => toNeverOversell(raceOf([false, false], []), { capacity: 1 }))).toContain('the race sold nothing')
})

test.each([
  ['a capacity below 0', () => toNeverOversell(sound, { capacity: -1 }), /'capacity' must be a whole number/],
  ['an unknown option', () => toNeverOversell(sound, { capcity: 1 } as never), /Did you mean 'capacity'/],
  ['a name that is none', () => toPreserve(sound, 7 as never), /'name' must be/],
])('%s is refused', (_name, judge, message) => {
  expect(judge).toThrow(message)
})
