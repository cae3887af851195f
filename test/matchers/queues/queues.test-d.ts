import { expectTypeOf, test } from 'vitest'
import type { QueueJob, QueueSnapshot, QuietOptions, Suite } from '../../../src/index.js'
import { matchers, type HotbedMatchers, type MatcherVerdict } from '../../../src/matchers/index.js'

// Not `suite`: vitest's collector of type tests takes `suite.quiet()` for a suite of its own, and breaks on one without a name.
declare const shop: Suite
declare const expectation: HotbedMatchers

test('queues are waited for and looked at, and judged without a promise', () => {
  expectTypeOf(shop.quiet()).resolves.toEqualTypeOf<QueueSnapshot>()
  expectTypeOf(shop.inspectQueues(['mail'])).resolves.toEqualTypeOf<QueueSnapshot>()
  expectTypeOf<QuietOptions['delayed']>().toEqualTypeOf<'wait' | 'ignore' | undefined>()
  expectTypeOf<QueueJob['attemptsMade']>().toEqualTypeOf<number>()
  expectTypeOf(matchers.toDrain).returns.toEqualTypeOf<MatcherVerdict>()
  expectTypeOf(expectation.toDeadLetter({ after: 3, jobs: 1, deadLetterQueue: 'dead' })).toEqualTypeOf<void>()
  expectation.toHaveQueueDepth({ min: 1 }, { queue: 'mail' })
  expectation.toBatch({ size: 100, rows: 250, of: 'INSERT INTO reports' })
  expectation.toHaveMaxActiveJobs(5)
  // @ts-expect-error a word that delayed has not
  void shop.quiet({ delayed: 'skip' })
  // @ts-expect-error a list of names
  void shop.inspectQueues('mail')
  // @ts-expect-error after how many attempts
  expectation.toDeadLetter({ jobs: 1 })
  // @ts-expect-error an option that does not exist
  expectation.toDrain({ name: 'mail' })
  // @ts-expect-error no size
  expectation.toBatch({ rows: 100 })
  // @ts-expect-error at most how many
  expectation.toHaveMaxActiveJobs()
})
