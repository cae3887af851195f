import type { TestAPI } from 'vitest'
import { checkClockOptions, type ClockOptions, type SuiteClock } from '../clock/suite-clock.js'
import { checkStack, type StackDefinition } from '../databases/stack.js'
import { checkIsolation, type Isolation } from '../databases/suite-parts.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import type { Suite } from '../suite.js'
import { extendWithSuite } from './suite-fixtures.js'

export interface CreateTestOptions {
  /** See `SuiteOptions.isolation`. @default 'clone' */
  readonly isolation?: Isolation
  /** How long a suite lives: for a test file, or for one test. @default 'file' */
  readonly scope?: 'file' | 'test'
  /** See `SuiteOptions.leavesNothingBehind`. @default true */
  readonly leavesNothingBehind?: boolean
  /** See `SuiteOptions.plans`. @default true */
  readonly plans?: boolean
  /** See `SuiteOptions.clock`. */
  readonly clock?: ClockOptions
}

/** What tests made by `createTest` are given. A store that the stack does not have is undefined. */
export interface StackFixtures<Stack extends StackDefinition> {
  readonly suite: Suite<Stack>
  readonly postgres: Suite<Stack>['postgres']
  readonly redis: Suite<Stack>['redis']
  readonly clock: SuiteClock
}

/** A `test` with the fixtures of one stack, of scope `file`, so that other fixtures of file scope can build on them. */
export type StackTest<Stack extends StackDefinition> = TestAPI<StackFixtures<Stack> & { readonly $__file?: StackFixtures<Stack> }>

/**
 * A `test` for one stack, without the plugin: the servers then belong to the worker that runs the file, instead of to the whole run.
 *
 * @example
 * const test = createTest({ postgres: { migrations: './migrations' } })
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function createTest<const Stack extends StackDefinition>(stack: Stack, options: CreateTestOptions = {}): StackTest<Stack> {
  const { isolation = 'clone', scope = 'file', leavesNothingBehind = true, plans = true, clock } = options
  checkStack(stack)
  checkOptionNames(options, ['isolation', 'scope', 'leavesNothingBehind', 'plans', 'clock'], 'createTest()')
  checkIsolation(isolation)
  checkClockOptions(clock)
  if (scope !== 'file' && scope !== 'test') throw wrongOption('scope', "'file' or 'test'", scope)
  return extendWithSuite({
    scope,
    open: async () => {
      // Loaded only here: a project with the plugin needs none of it in its workers.
      const { startSuite } = await import('../start-suite.js')
      return startSuite(stack, { isolation, leavesNothingBehind, plans, ...(clock === undefined ? {} : { clock }) })
    },
    end: (suite) => suite.dispose(),
    hold: async () => (await import('../start-suite.js')).holdServers(),
  }) as StackTest<Stack>
}
