import { test as vitestTest } from 'vitest'
import type { Suite } from '../suite.js'

/** What is known of the test that a suite with scope 'test' belongs to. */
export interface SuiteTest {
  readonly name: string
  /** What it shares with other tests stays up for the file. */
  readonly isHeld: boolean
  readonly hasFailed: () => boolean
}

/** Where a fixture gets its suite, and how the suite ends. */
export interface SuiteSource {
  readonly scope: 'file' | 'test'
  readonly open: () => Promise<Suite>
  /** Left out when the suite outlives the fixture. `test` is there with scope 'test'. */
  readonly end?: (suite: Suite, test: SuiteTest | undefined) => Promise<void>
  /** Keeps up for the file what suites of single tests share; gives the function that lets it go. */
  readonly hold?: () => Promise<() => Promise<void>>
  /** Called when a test asks for a store that the stack does not have. @default it is given undefined */
  readonly refuse?: (store: 'postgres' | 'redis') => never
}

interface Cleanup {
  readonly onCleanup: (end: () => Promise<void>) => void
}

/** vitest's `test` with `suite`, `postgres`, `redis` and `clock`. The caller gives the result its type: the stack decides it. */
export function extendWithSuite({ scope, open, end, hold, refuse }: SuiteSource): unknown {
  const provide = async ({ onCleanup }: Cleanup, test?: SuiteTest): Promise<Suite> => {
    const suite = await open()
    if (end !== undefined) onCleanup(() => end(suite, test))
    return suite
  }
  // vitest reads from the text of a fixture what it depends on, and one of file scope must not name `task`.
  const perFile = ({}, cleanup: Cleanup): Promise<Suite> => provide(cleanup)
  const perTest = ({ task, held }: { readonly task: TestTask; readonly held: boolean }, cleanup: Cleanup): Promise<Suite> =>
    provide(cleanup, { name: task.name, isHeld: held, hasFailed: () => task.result?.state === 'fail' })
  // The scope is known only at run time, and vitest has one overload for each.
  const scoped = { scope: scope as 'file' }
  return vitestTest
    .extend('held', { scope: 'file' }, async ({}, { onCleanup }) => {
      const isNeeded = hold !== undefined && scope === 'test'
      if (isNeeded) onCleanup(await hold())
      return isNeeded
    })
    .extend('suite', scoped, (scope === 'file' ? perFile : perTest) as typeof perFile)
    .extend('postgres', scoped, ({ suite }) => suite.postgres ?? refuse?.('postgres'))
    .extend('redis', scoped, ({ suite }) => suite.redis ?? refuse?.('redis'))
    .extend('clock', scoped, ({ suite }) => suite.clock)
}

interface TestTask {
  readonly name: string
  readonly result?: { readonly state?: string }
}
