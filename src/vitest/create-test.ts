import type { TestAPI } from 'vitest'
import type { StackDefinition } from '../databases/stack.js'
import type { Isolation } from '../databases/suite-parts.js'
import type { Suite } from '../suite.js'
import { extendWithSuite } from './suite-fixtures.js'

export interface CreateTestOptions {
  /** @default 'clone' */
  readonly isolation?: Isolation
  /** @default 'file' */
  readonly scope?: 'file' | 'test'
}

/** What tests made by `createTest` are given. */
export interface StackFixtures<Stack extends StackDefinition> {
  readonly suite: Suite<Stack>
  readonly postgres: Suite<Stack>['postgres']
  readonly redis: Suite<Stack>['redis']
}

/**
 * A `test` for one stack, without the plugin: the servers then belong to the worker that runs the file, instead of to the whole run.
 *
 * @example
 * const test = createTest({ postgres: { migrations: './migrations' } })
 */
export function createTest<const Stack extends StackDefinition>(
  stack: Stack,
  options: CreateTestOptions = {},
): TestAPI<StackFixtures<Stack> & { readonly $__file?: StackFixtures<Stack> }> {
  const { isolation = 'clone', scope = 'file' } = options
  return extendWithSuite({
    scope,
    open: async () => {
      // Loaded only here: a project with the plugin needs none of it in its workers.
      const { startSuite } = await import('../start-suite.js')
      return (await startSuite(stack, { isolation })) as unknown as Suite
    },
    disposes: true,
  }) as TestAPI<StackFixtures<Stack> & { readonly $__file?: StackFixtures<Stack> }>
}
