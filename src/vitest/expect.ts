import { expect as vitestExpect, type ExpectStatic } from 'vitest'
import type { HotbedMatchers } from '../matchers/index.js'
import { createLazyMatchers } from './lazy-matchers.js'
import { toMatchPlanSnapshot, type PlanSnapshotMatchers } from './plan-snapshot.js'
import { watchMatchers } from './watch-matchers.js'
import { toMatchWireSnapshot, type SnapshotMatchers } from './wire-snapshot.js'

declare module 'vitest' {
  // No type parameters: only so one augmentation fits vitest 4 and 5.
  interface Matchers extends HotbedMatchers, SnapshotMatchers, PlanSnapshotMatchers {}
}

/** vitest's `expect` with the matchers of hotbed. */
export const expect: ExpectStatic = vitestExpect

/** Adds the matchers to vitest's own `expect`, so that a test file may as well import it from vitest. Done when this module is imported. */
export function registerMatchers(): void {
  vitestExpect.extend(watchMatchers({ ...createLazyMatchers(), toMatchWireSnapshot, toMatchPlanSnapshot }))
}

registerMatchers()
