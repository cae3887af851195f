import { test as vitestTest } from 'vitest'
import type { Suite } from '../suite.js'

/** Where a fixture gets its suite, and whether the suite ends with the fixture. */
export interface SuiteSource {
  readonly scope: 'file' | 'test'
  readonly open: () => Promise<Suite>
  readonly disposes: boolean
}

/** vitest's `test` with `suite`, `postgres` and `redis`. The caller gives the result its type: the stack decides it. */
export function extendWithSuite(source: SuiteSource): unknown {
  // The scope is known only at run time, and vitest has one overload for each.
  const scope = source.scope as 'file'
  return vitestTest
    .extend('suite', { scope }, async ({}, { onCleanup }) => {
      const suite = await source.open()
      if (source.disposes) onCleanup(suite.dispose)
      return suite
    })
    .extend('postgres', { scope }, ({ suite }) => suite.postgres)
    .extend('redis', { scope }, ({ suite }) => suite.redis)
}
