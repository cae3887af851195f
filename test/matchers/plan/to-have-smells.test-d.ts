import { expect } from 'hotbed/vitest'
import { expectTypeOf, test } from 'vitest'
import type { Plan } from '../../../src/plan/plan.js'

declare const plan: Plan

test('it takes smells to look for, and exemptions with a reason', () => {
  expectTypeOf(expect(plan).not.toHaveSmells()).toEqualTypeOf<void>()
  expect(plan).not.toHaveSmells({ only: ['missing-index'] })
  expect(plan).not.toHaveSmells({ except: { 'deep-offset': 'admin page' } })
  expect(plan).not.toHaveSmells({ except: [{ smell: 'missing-index', statement: /from audit/i, reason: 'rare' }] })
  expect(plan).not.toHaveSmells({ except: [{ smell: 'missing-index', statement: 'SELECT id', reason: 'rare' }] })
})

test('it refuses exemptions without a reason and options that do not exist', () => {
  // @ts-expect-error an exemption says why
  expect(plan).not.toHaveSmells({ except: [{ smell: 'missing-index' }] })
  // @ts-expect-error reasons, not a list of ids
  expect(plan).not.toHaveSmells({ except: ['missing-index'] })
  // @ts-expect-error a list, also of one
  expect(plan).not.toHaveSmells({ only: 'missing-index' })
  // @ts-expect-error an option that does not exist
  expect(plan).not.toHaveSmells({ without: ['missing-index'] })
})
