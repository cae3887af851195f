import { expectTypeOf, test } from 'vitest'
import type { LostAcknowledgement, Race, Suite } from '../../src/index.js'

declare const suite: Suite

test('a lost acknowledgement is a race of what the function gives back', () => {
  expectTypeOf(suite.loseAcknowledgement(() => 'job 7', { effect: 'SELECT 1 AS n' })).resolves.toEqualTypeOf<LostAcknowledgement<string>>()
  expectTypeOf<LostAcknowledgement<string>>().toExtend<Race<string>>()
  void suite.loseAcknowledgement(() => 1, { effect: () => 1, again: async () => 2, queue: 'mail', deadlineMs: 1_000 })
  // @ts-expect-error nothing tells whether it happened twice
  void suite.loseAcknowledgement(() => 1)
  // @ts-expect-error again starts a worker
  void suite.loseAcknowledgement(() => 1, { effect: () => 1, again: 'worker' })
})
