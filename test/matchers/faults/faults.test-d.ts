import { expectTypeOf, test } from 'vitest'
import type { Outage, OutageMode, OutageOptions, OutageRun, OutageState, Recording, Suite, TimedOutcome } from '../../../src/index.js'
import { matchers, type HotbedMatchers, type MatcherVerdict } from '../../../src/matchers/index.js'

declare const expectation: HotbedMatchers
declare const suite: Suite
declare const outage: Outage

test('an outage names its mode, and what it is for', () => {
  expectTypeOf(suite.outage).parameter(0).toEqualTypeOf<'postgres' | 'redis'>()
  expectTypeOf<OutageOptions['mode']>().toEqualTypeOf<OutageMode>()
  expectTypeOf(suite.outage('redis', { mode: 'oom', for: 'SET user:*' })).resolves.toEqualTypeOf<Outage>()
  expectTypeOf(outage.end()).resolves.toEqualTypeOf<OutageState>()
  // @ts-expect-error a mode that does not exist
  void suite.outage('redis', { mode: 'slow' })
  // @ts-expect-error the mode has no default
  void suite.outage('redis', {})
  // @ts-expect-error a store that does not exist
  void suite.outage('mysql', { mode: 'hang' })
})

test('its evidence is a recording of outcomes with times', () => {
  const run = outage.record((participant) => participant * 2, { participants: 2, deadlineMs: 100, plans: true })
  expectTypeOf(run).resolves.toEqualTypeOf<OutageRun<number>>()
  expectTypeOf<OutageRun<number>>().toExtend<Recording<readonly TimedOutcome<number>[]>>()
  expectTypeOf<OutageRun<number>['outcomes'][number]['settledMs']>().toEqualTypeOf<number | undefined>()
  // @ts-expect-error participants is a number
  void outage.record(() => 1, { participants: 'two' })
})

test('faults are judged without a promise', () => {
  expectTypeOf(expectation.toFallBack({ to: 'memory' })).toEqualTypeOf<void>()
  expectTypeOf(expectation.toSettleWithin(200)).toEqualTypeOf<void>()
  expectTypeOf(expectation.toRecover({ within: 1 })).toEqualTypeOf<void>()
  expectTypeOf(expectation.toFailOpen()).toEqualTypeOf<void>()
  expectTypeOf(expectation.toFailClosed()).toEqualTypeOf<void>()
  expectTypeOf(expectation.toAvoidPoolDeadlock()).toEqualTypeOf<void>()
  expectTypeOf(matchers.toFallBack).returns.toEqualTypeOf<MatcherVerdict>()
  // @ts-expect-error a tier that does not exist
  expectation.toFallBack({ to: 'disk' })
  // @ts-expect-error milliseconds are a number
  expectation.toSettleWithin('200ms')
  // @ts-expect-error the budget has no default
  expectation.toSettleWithin()
  // @ts-expect-error an option that does not exist
  expectation.toRecover({ after: 1 })
  // @ts-expect-error there is nothing to say
  expectation.toFailOpen({ status: 429 })
})
