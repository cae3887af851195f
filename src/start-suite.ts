import { checkClockOptions, type ClockOptions } from './clock/suite-clock.js'
import { locateStack } from './databases/locate-stack.js'
import type { Run } from './databases/run.js'
import { checkStack, type StackDefinition } from './databases/stack.js'
import { checkIsolation, type Isolation } from './databases/suite-parts.js'
import { debug } from './primitives/debug.js'
import { HotbedError } from './primitives/error.js'
import { checkOptionNames } from './primitives/options.js'
import { createRollbackSuite } from './rollback-suite.js'
import { createSuite, type Suite } from './suite.js'
import { createTappedRun } from './tapped-run.js'

export interface SuiteOptions {
  /** @default 'clone' */
  readonly isolation?: Isolation
  /**
   * Whether `dispose` fails when transactions are open, advisory locks held or rules live. @default true
   */
  readonly leavesNothingBehind?: boolean
  /** Whether recordings bring plans, where they do not say themselves. @default true */
  readonly plans?: boolean
  /** How the suite's clock works: whose timers `suite.clock.advance` reaches. */
  readonly clock?: ClockOptions
}

/**
 * Starts real, disposable Postgres and Redis as `stack` says, migrated and seeded. The first call in a process starts the servers, later
 * ones clone the template in milliseconds; the servers end with the last suite.
 *
 * @example
 * await using suite = await startSuite({ postgres: { migrations: './migrations' }, redis: {} })
 * const app = createApp({ databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` before any work is done; else as the servers, migrations and clones say
 */
export async function startSuite<const Stack extends StackDefinition>(stack: Stack, options: SuiteOptions = {}): Promise<Suite<Stack>> {
  checkOptionNames(options, ['isolation', 'leavesNothingBehind', 'plans', 'clock'], 'startSuite')
  const { isolation = 'clone', leavesNothingBehind, plans, clock } = options
  checkIsolation(isolation)
  checkClockOptions(clock)
  checkStack(stack)
  const located = locateStack(stack, process.cwd())
  const shared = takeSharedRun()
  try {
    const parts = await shared.run.openSuite(located, isolation)
    return await (isolation === 'rollback'
      ? createRollbackSuite<Stack>(parts, shared.release, clock)
      : createSuite<Stack>(parts, { onDisposed: shared.release, leavesNothingBehind, plans, clock }))
  } catch (error) {
    // What went wrong first is what matters.
    await shared.release().catch((failure: unknown) => debug('not ended after a failed start: %o', failure))
    throw error
  }
}

/**
 * Keeps the servers of this process up until the function that it gives is called, although there is no suite for a while.
 */
export function holdServers(): () => Promise<void> {
  return takeSharedRun().release
}

interface SharedRun {
  readonly run: Run
  users: number
}

/** Of this process, also when a runner loads this module once per test file. */
const SHARED_RUN: unique symbol = Symbol.for('hotbed.shared-run')
const registry = globalThis as { [SHARED_RUN]?: SharedRun | undefined }

function takeSharedRun(): { readonly run: Run; readonly release: () => Promise<void> } {
  const shared = (registry[SHARED_RUN] ??= { run: createTappedRun(), users: 0 })
  shared.users += 1
  let released = false
  return {
    run: shared.run,
    release: async () => {
      if (released) throw new HotbedError('ERR_HOTBED_DISPOSED', { message: 'A suite was released twice.' })
      released = true
      shared.users -= 1
      if (shared.users > 0) return
      if (registry[SHARED_RUN] === shared) registry[SHARED_RUN] = undefined
      await shared.run.close()
    },
  }
}
