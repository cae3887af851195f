import { expectTypeOf, test } from 'vitest'
import type { Exploration, Suite } from '../../../src/index.js'
import { expect } from '../../../src/vitest/index.js'

declare const suite: Suite<{ postgres: {} }>
declare const exploration: Exploration<number>

test('toPreserve takes what the invariant says', () => {
  expectTypeOf(expect(exploration).toPreserve()).toEqualTypeOf<void>()
  // @ts-expect-error the invariant itself was given to explore()
  expect(exploration).toPreserve({ sql: 'SELECT true' })
})

test('explore gives what its participants give', () => {
  expectTypeOf(suite.explore([() => 1, async () => 2], { failOnRejection: true })).resolves.toEqualTypeOf<Exploration<number>>()
  // @ts-expect-error a participant is a function
  void suite.explore([Promise.resolve(1)])
  // @ts-expect-error a sequence is a text
  void suite.explore([() => 1, () => 2], { replay: 7 })
})
