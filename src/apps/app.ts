import type { ComparedRequest, CompareInstancesOptions } from './compare-instances.js'
import type { InstanceComparison } from './instance-comparison.js'

/** One process of an application. */
export interface AppInstance {
  /** `instance 1`: under this name its connections stand in recordings, as `connections.list[].instance`. */
  readonly name: string
  /** Its own address, past the balancer. The same after `restart`. */
  readonly url: string
  /** Of the program that was started. Another one after `restart`. */
  readonly pid: number
  /** How it ended: the status, 128 + n for signal n. Undefined while it runs. */
  readonly exitStatus: number | undefined
  /** The last lines of its standard output and error, also of those before a restart. @default 20 lines */
  readonly log: (lines?: number) => readonly string[]
  /**
   * Sends a signal. SIGKILL, the default, takes what the instance has started along, and settles when all of it is gone; SIGSTOP lets it hang
   * until SIGCONT. The balancer sends nothing more to an instance that has ended.
   *
   * @throws {HotbedError} `ERR_HOTBED_DISPOSED` when it does not run
   */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Lets it end by itself, by SIGTERM; what is left after `graceMs` gets SIGKILL. @default 5000 */
  readonly stop: (options?: { readonly graceMs?: number }) => Promise<void>
  /**
   * Starts it again, at the same address; one that runs is stopped first. Settles when it is ready.
   *
   * @throws {HotbedError} as `suite.startApp`
   */
  readonly restart: () => Promise<void>
}

/** A started application: one or several instances behind one address. */
export interface App extends AsyncDisposable {
  /** One address over all instances, which requests go to in turn. */
  readonly url: string
  readonly instances: readonly AppInstance[]
  /** The last lines of what the instances have logged. @default 20 lines of each */
  readonly log: (lines?: number) => readonly string[]
  /**
   * Sends each request to every instance, one after the other: for `toAnswerAlike`. A request is a path, for GET, or more.
   *
   * @example
   * const comparison = await app.compareInstances({ path: '/me', headers: { cookie } })
   * expect(comparison).toAnswerAlike()
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly compareInstances: (
    requests: ComparedRequest | readonly ComparedRequest[],
    options?: CompareInstancesOptions,
  ) => Promise<InstanceComparison>
  /** Ends all instances, each as its `stop` does, and the address. Its logs can be read until then. A second call waits for the first. */
  readonly stop: (options?: { readonly graceMs?: number }) => Promise<void>
}
