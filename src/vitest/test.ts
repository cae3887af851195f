import { inject, type TestAPI } from 'vitest'
import { createSuite, type Suite } from '../suite.js'
import type { SuitePostgres } from '../suite-postgres.js'
import type { SuiteRedis } from '../suite-redis.js'
import { openSuite, takeFileSuite } from './file-suite.js'
import { extendWithSuite } from './suite-fixtures.js'

/** What tests of a project with the plugin are given. */
export interface SuiteFixtures {
  /** The suite of this test file (or of this test, with scope 'test'). */
  readonly suite: Suite<{ postgres: {}; redis: {} }>
  readonly postgres: SuitePostgres
  readonly redis: SuiteRedis
}

const scope = inject('hotbed')?.scope ?? 'file'

/** vitest's `test` with the fixtures `suite`, `postgres` and `redis`. File-scoped fixtures of a user can build on them. */
export const test = extendWithSuite({
  scope,
  open: async () => createSuite(await (scope === 'test' ? openSuite() : takeFileSuite())),
  // The suite of a file is released by the setup file, after hooks and fixtures that may still use it.
  disposes: scope === 'test',
}) as TestAPI<SuiteFixtures & { readonly $__file?: SuiteFixtures }>
