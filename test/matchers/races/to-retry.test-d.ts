import { expectTypeOf, test } from 'vitest'
import { matchers, type HotbedMatchers, type MatcherVerdict, type RetryExpectation } from '../../../src/matchers/index.js'

declare const expectation: HotbedMatchers

test('deadlocks and retries are judged without a promise', () => {
  expectTypeOf(expectation.toAvoidDeadlock()).toEqualTypeOf<void>()
  expectTypeOf(expectation.toRetry({ times: 2, on: ['40001'] })).toEqualTypeOf<void>()
  expectTypeOf(matchers.toRetry).returns.toEqualTypeOf<MatcherVerdict>()
  expectTypeOf<RetryExpectation>().toEqualTypeOf<{
    readonly times?: number | { readonly min?: number; readonly max?: number }
    readonly on?: string | readonly string[]
  }>()
  expectation.toRetry()
  expectation.toRetry({ times: { min: 1, max: 3 }, on: '40P01' })
  // @ts-expect-error times is a number or a range
  expectation.toRetry({ times: 'twice' })
  // @ts-expect-error an option that does not exist
  expectation.toRetry({ time: 2 })
  // @ts-expect-error there is nothing to say
  expectation.toAvoidDeadlock({ max: 1 })
})
