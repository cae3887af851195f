import type { RedisSearchContext } from '../redis-places.js'

/** One way to get a Redis binary. */
export interface InstallStep {
  /** As a person would say it: `apt-get, into our cache`. */
  readonly name: string
  /** Why it is out of the question here, in a few words; `undefined` when it can be tried. */
  readonly obstacle: (context: InstallContext) => string | undefined
  /** Settles with what it did. Has a deadline of its own. */
  readonly run: (context: InstallContext) => Promise<string>
}

export interface InstallContext extends RedisSearchContext {
  readonly cacheDirectory: string
  readonly projectDirectory: string
  readonly variables: NodeJS.ProcessEnv
}
