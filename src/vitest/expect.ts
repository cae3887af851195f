import { expect as vitestExpect, type ExpectStatic } from 'vitest'
import { matchers, type HotbedMatchers } from '../matchers/index.js'

declare module 'vitest' {
  // No type parameters: only so one augmentation fits vitest 4 and 5.
  interface Matchers extends HotbedMatchers {}
}

/** vitest's `expect` with the matchers of hotbed. */
export const expect: ExpectStatic = vitestExpect

/** Adds the matchers to vitest's own `expect`, also for files that import it from vitest. The plugin does so for every test file. */
export function registerMatchers(): void {
  vitestExpect.extend(matchers)
}

registerMatchers()
