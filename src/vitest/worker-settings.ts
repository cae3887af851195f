import type { ClockOptions } from '../clock/suite-clock.js'
import type { RunAddress } from '../databases/shared-run/protocol.js'
import type { Isolation } from '../databases/suite-parts.js'
import type { EnvironmentMapping } from './environment-variables.js'

/** What the main process tells a worker. Plain data. */
export interface WorkerSettings {
  /** Where the run is served. */
  readonly address: RunAddress
  /** Key of the project's stack in the run. */
  readonly stack: string
  readonly isolation: Isolation
  readonly scope: 'file' | 'test'
  readonly env: EnvironmentMapping
  readonly keep: 'never' | 'on-failure'
  readonly leavesNothingBehind: boolean
  readonly plans: boolean
  readonly clock: ClockOptions | undefined
  readonly proveFixes: false | { readonly timeoutMs: number }
  /** False under `--no-isolate`: modules, and the URLs they read, outlive a test file. */
  readonly isolate: boolean
}

declare module 'vitest' {
  interface ProvidedContext {
    hotbed?: WorkerSettings
  }
}
