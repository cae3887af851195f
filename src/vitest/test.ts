import { inject, type TestAPI } from 'vitest'
import type { SuiteClock } from '../clock/suite-clock.js'
import { HotbedError } from '../primitives/error.js'
import { createSuite, type Suite } from '../suite.js'
import type { SuitePostgres } from '../suite-postgres.js'
import type { SuiteRedis } from '../suite-redis.js'
import { openSuite, takeFileSuite } from './file-suite.js'
import { extendWithSuite, type SuiteSource } from './suite-fixtures.js'

/** What tests of a project with the plugin are given. */
export interface SuiteFixtures {
  /** The suite of this test file (or of this test, with scope 'test'). */
  readonly suite: Suite<{ postgres: {}; redis: {} }>
  readonly postgres: SuitePostgres
  readonly redis: SuiteRedis
  /** The clock of the suite: `suite.clock`. */
  readonly clock: SuiteClock
}

const settings = inject('hotbed')

/** Released by the setup file, after hooks and fixtures that may still use it. */
const perFile: SuiteSource = {
  scope: 'file',
  open: async () => createSuite(await takeFileSuite(), { plans: settings?.plans, clock: settings?.clock }),
}

const perTest: SuiteSource = {
  scope: 'test',
  open: async () =>
    createSuite(await openSuite(), { leavesNothingBehind: settings?.leavesNothingBehind, plans: settings?.plans, clock: settings?.clock }),
  end: async (suite, test) => {
    if (settings?.keep === 'on-failure' && test?.hasFailed() === true) await suite.keep(test.name)
    await suite.dispose()
  },
}

/** A transaction for each test, in the database of the file. */
const perTransaction: SuiteSource = {
  scope: 'test',
  open: async () => {
    // Loaded only here: the client that it hands out costs a test file 34 ms.
    const { createRollbackSuite } = await import('../rollback-suite.js')
    const { facts, verbs } = await takeFileSuite()
    const endTest = async (): Promise<void> => {
      // On a shared server it is more than the suite's.
      if (facts.redis?.provider === 'external') await verbs.reset('redis')
      else if (facts.redis !== undefined) await verbs.send(['FLUSHALL'])
    }
    return createRollbackSuite({ facts, verbs: { ...verbs, dispose: endTest } }, () => Promise.resolve(), settings?.clock)
  },
  end: (suite) => suite.dispose(),
}

const shared = settings?.scope === 'test' ? perTest : perFile
const source = settings?.isolation === 'rollback' ? perTransaction : shared

/** vitest's `test` with the fixtures `suite`, `postgres`, `redis` and `clock`. File-scoped fixtures of a user can build on them. */
export const test = extendWithSuite({ ...source, refuse }) as TestAPI<SuiteFixtures & { readonly $__file?: SuiteFixtures }>

function refuse(store: 'postgres' | 'redis'): never {
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `The stack of this vitest project has no ${store}.`,
    remedy: `Add ${store}: {} to the options of hotbed() in its config.`,
  })
}
