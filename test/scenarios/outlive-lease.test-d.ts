import { expectTypeOf, test } from 'vitest'
import { startSuite, type LeaseRace } from '../../src/index.js'
import type { HotbedMatchers } from '../../src/matchers/index.js'

declare const expectation: HotbedMatchers

test('a race for a lease has the results of both, and the lease', async () => {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const scenario = { holder: async () => 'ann', successor: () => 'bob', lock: 'lock:seat:7', write: 'UPDATE seats' }
  const race = await suite.outliveLease(scenario)
  expectTypeOf(race).toEqualTypeOf<LeaseRace<string>>()
  expectTypeOf(race.lease.keys).toEqualTypeOf<readonly string[]>()
  expectation.toBeFenced()
  expectation.toBeFenced({ token: 'INCR fence:*' })
  // @ts-expect-error evidence does not change
  race.lease.keys.push('lock')
  // @ts-expect-error a successor is needed
  await suite.outliveLease({ holder: () => 1, lock: 'lock', write: 'UPDATE seats' })
  // @ts-expect-error participants are functions
  await suite.outliveLease({ ...scenario, holder: Promise.resolve('ann') })
  // @ts-expect-error a token is had by a command
  expectation.toBeFenced({ token: 7 })
})
