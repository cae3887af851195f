import { assertType, expect, expectTypeOf, test } from 'vitest'
import type { AmbiguousCommit, Outcome, Race, Recording, StampedeRace, Suite } from '../../src/index.js'
import type { HotbedMatchers } from '../../src/matchers/index.js'

declare const suite: Suite
declare const matchers: HotbedMatchers

test('verbs give races of what the function gives back', () => {
  expectTypeOf(suite.overlap(2, async (participant) => participant, { at: 'UPDATE seats' })).resolves.toEqualTypeOf<Race<number>>()
  expectTypeOf(suite.stampede(2, () => 'a', { key: 'k' })).resolves.toEqualTypeOf<StampedeRace<string>>()
  expectTypeOf(suite.ambiguousCommit(() => true, { effect: () => 1 })).resolves.toEqualTypeOf<AmbiguousCommit<boolean>>()
  expectTypeOf<Race<number>>().toExtend<Recording<readonly Outcome<number>[]>>()
  // @ts-expect-error a race needs the point to pass
  void suite.overlap(2, () => 1, {})
  // @ts-expect-error an invariant is a query or gives a boolean
  void suite.overlap(2, () => 1, { at: 'COMMIT', invariant: () => 1 })
  // @ts-expect-error a stampede is about a key
  void suite.stampede(2, () => 1, {})
  // @ts-expect-error nothing tells whether it happened twice
  void suite.ambiguousCommit(() => 1)
  // @ts-expect-error no writer
  void suite.raceInvalidation({ read: () => 1, key: 'k' })
})

test('matchers of races', () => {
  assertType<void>(matchers.toNeverOversell({ capacity: 1, accepted: (value) => value === true }))
  // @ts-expect-error no capacity
  matchers.toNeverOversell({})
  // @ts-expect-error a name, no invariant
  matchers.toPreserve(() => true)
  // @ts-expect-error a number of loads
  matchers.toCoalesce({ loads: '1' })
  expect(suite).toBeDefined()
})
