import type * as ControlServer from './control/control-server.js'
import type { PostgresRestartOptions, RedisRestartOptions, ServerLimit } from './control/control-server.js'
import type { SuiteVerbs } from './databases/suite-parts.js'

/** What can be done to the server of a store. `directUrl` and `url` stay the same whatever is done. */
export interface ServerControl {
  /**
   * Stops every process of the server (SIGSTOP): connections stay, new ones are taken by the kernel, and nothing is answered until `resume`, or the end
   * of what is given back. Until then nothing can be asked of it by hotbed either.
   *
   * @example
   * await using _paused = await suite.redis.control.pause()
   */
  readonly pause: () => Promise<AsyncDisposable>
  /** Lets the server go on, from where it was. */
  readonly resume: () => Promise<void>
  /** A crash: ends every process of the server at one moment (SIGKILL). Connections are refused until `restart`. */
  readonly kill: () => Promise<void>
}

/**
 * Control of a suite's Postgres. All but `limit` acts on the whole server, so it needs `isolation: 'server'`: elsewhere it is refused with
 * `ERR_HOTBED_ISOLATION`.
 */
export interface PostgresControl extends ServerControl {
  /**
   * Starts the server again on its files: after `kill` it recovers as from a crash. Settles when it accepts connections, within 60 s.
   *
   * @throws {HotbedError} `ERR_HOTBED_POSTGRES_START` with the log; `ERR_HOTBED_OPTION`, `ERR_HOTBED_ISOLATION`
   */
  readonly restart: (options?: PostgresRestartOptions) => Promise<void>
  /**
   * Holds the application to so many connections to the suite's database, without a restart: whoever comes then gets 53300 (too_many_connections). Those
   * that are open stay. Connections of hotbed's own and of superusers are not refused. Holds on a shared server too.
   *
   * @example
   * await using _few = await suite.postgres.control.limit({ connections: 20 })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`
   */
  readonly limit: (limits: { readonly connections: number }) => Promise<ServerLimit>
  /**
   * The primary ends in one moment (SIGKILL) and stays away; the first replica replays all that it has received, also what was held, and takes its place.
   * Settles when it accepts writes: `suite.postgres.url` leads there, `directUrl` to nobody. The suite stays so until it ends; `reset` brings back the
   * data, not the old primary.
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION` for a stack without a replica, or when none is left
   */
  readonly failover: () => Promise<void>
}

/** Control of a suite's Redis, which is always its own. */
export interface RedisControl extends ServerControl {
  /**
   * Starts the server again with the settings of the stack. Its keys, scripts and functions are gone, as they are for a cache; unless `keepData`
   * is given, or its own settings (`save`, `appendonly`) keep them. Settles when it has answered PING, within 15 s.
   *
   * @throws {HotbedError} `ERR_HOTBED_REDIS_START` with the log; `ERR_HOTBED_REDIS_EXITED` when there are no keys to keep, because it was killed
   */
  readonly restart: (options?: RedisRestartOptions) => Promise<void>
  /**
   * Holds the server to so much, without a restart: `connections` of the application (`maxclients`), `memory` in bytes or as redis.conf has it
   * (`maxmemory`, of which an empty Redis needs about 1 MB), and what goes when it is full (`maxmemory-policy`).
   *
   * @example
   * await using _full = await suite.redis.control.limit({ memory: '2mb', policy: 'allkeys-lru' })
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`; `ERR_HOTBED_QUERY` with what Redis says against it
   */
  readonly limit: (limits: {
    readonly connections?: number
    readonly memory?: number | string
    readonly policy?: string
  }) => Promise<ServerLimit>
  /** FLUSHALL, as somebody may send it to the wrong server. */
  readonly flush: () => Promise<void>
  /**
   * Not there.
   *
   * @throws {HotbedError} `ERR_HOTBED_OPTION`: a suite's Redis has no replica
   */
  readonly failover: () => Promise<void>
}

/** Loaded by the first test that uses it: a worker pays for each module in every test file. */
const load = async (): Promise<typeof ControlServer> => import('./control/control-server.js')

function createServerControl(verbs: SuiteVerbs, store: 'postgres' | 'redis'): ServerControl {
  return {
    pause: async () => (await load()).pause(verbs, store),
    resume: async () => void (await (await load()).control(verbs, store, { act: 'resume' })),
    kill: async () => void (await (await load()).control(verbs, store, { act: 'kill' })),
  }
}

export function createPostgresControl(verbs: SuiteVerbs): PostgresControl {
  return {
    ...createServerControl(verbs, 'postgres'),
    restart: async (options) => (await load()).restart(verbs, 'postgres', options),
    limit: async (limits) => (await load()).limit(verbs, 'postgres', limits),
    failover: async () => (await import('./control/replication.js')).failover(verbs),
  }
}

export function createRedisControl(verbs: SuiteVerbs): RedisControl {
  return {
    ...createServerControl(verbs, 'redis'),
    restart: async (options) => (await load()).restart(verbs, 'redis', options),
    limit: async (limits) => (await load()).limit(verbs, 'redis', limits),
    failover: async () => (await load()).refuseFailover(),
    flush: async () => void (await verbs.send(['FLUSHALL'])),
  }
}
