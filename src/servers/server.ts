import type { ProcessExit, ProcessUser } from '../primitives/supervised-process.js'
import type { ServerClock } from './clock/server-clock.js'
import type { ServerCondition } from './server-process.js'

/** How a server is had: from npm packages, or from what the system has installed. */
export type ProviderName = 'embedded' | 'system'

/** A version as the server says it. */
export interface ServerVersion {
  /** As printed: `18.4`, `7.0.15`. */
  readonly text: string
  readonly major: number
  readonly minor: number
}

/** What every running server has, whatever its provider. */
export interface Server {
  readonly provider: ProviderName
  readonly version: ServerVersion
  /** Always an address, never a name: no resolver, no IPv6 race. */
  readonly host: string
  readonly port: number
  /** Of the server process, for messages and tests. */
  readonly pid: number
  /** Settles when the server has ended and is not to come back, whoever ended it; not by `kill` and `restart`. */
  readonly exited: Promise<ProcessExit>
  readonly condition: () => ServerCondition
  /** Freezes the server, with all its processes, until `resume`. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** A crash: ends all its processes in one moment. Its files stay for a restart. */
  readonly kill: () => Promise<void>
  /** The last lines of the server's log. */
  readonly lastLog: (lines?: number) => readonly string[]
  /** Ends the server and removes its directory. Calling it again waits for the first call. */
  readonly stop: () => Promise<void>
  /** Lets the server live on after us (`keep`); its supervisor still removes its directory once somebody ends it. */
  readonly leave: () => void
}

/** Where a server may put its files, and as whom it runs. */
export interface ServerPlace {
  /** An existing directory of this server alone, owned by `user` (or us); removed with the server. Short enough for a unix socket. */
  readonly directory: string
  readonly user: ProcessUser | undefined
  /** The directory of the whole run, removed by the supervisor when our own process dies. Hand it to `startSupervisedProcess`. */
  readonly runDirectory?: string | undefined
}

/** What a Postgres server is started from. */
export interface PostgresServerOptions {
  readonly provider?: ProviderName | undefined
  /** Major wanted, such as 17. @default the newest that the provider has */
  readonly version?: number | undefined
  /** A directory with `postgres` and `initdb`; stands before every other place. */
  readonly binaries?: string | undefined
  /** Added to, and stronger than, `DEFAULT_SETTINGS`. Verified by SHOW after the start. */
  readonly settings?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Collation of the cluster: `en_US`, `C`, `de_DE` … Encoding is always UTF8. @default 'en_US' */
  readonly locale?: string | undefined
  /**
   * `'movable'`: the server's time of day can be moved, by a small library that stands before the C library's clock. On Linux, where there is a C
   * compiler; it is compiled once. @default the clock of the machine
   */
  readonly clock?: 'movable' | undefined
  /**
   * Extensions that it must have for its templates: a Postgres that lacks one is not taken, and libraries that have to be preloaded are. Those that
   * come with every Postgres need not be named. @default none
   */
  readonly extensions?: readonly string[] | undefined
}

/** A running Postgres. Its cluster is private to us, so roles and databases need no prefix. */
export interface PostgresServer extends Server {
  /** Directory of the unix socket, mode 0700; connections there need no password. */
  readonly socketDirectory: string
  /** The cluster's files. */
  readonly dataDirectory: string
  /** Of the superuser `postgres`, over TCP; new for each start. */
  readonly adminPassword: string
  /** How the collation was had, such as `icu en-US` or `libc en_US.UTF-8`. */
  readonly collation: string
  /**
   * Everything about binaries, collation, operating system and settings that shapes the files of a cluster.
   * Two servers with equal layouts can boot each other's images.
   */
  readonly layout: string
  readonly clock: ServerClock
  /**
   * Stops the server cleanly, copies its cluster to `directory` (which must not exist) and starts it again on the same port.
   * Connections are cut.
   */
  readonly saveImage: (directory: string) => Promise<void>
  /**
   * Starts the server again on its files and its port: `fast` and `immediate` are those of `pg_ctl stop`. One that was killed recovers by its log.
   * Settles when it accepts connections.
   */
  readonly restart: (mode: 'fast' | 'immediate') => Promise<void>
}

/** What a Redis server is started from. */
export interface RedisServerOptions {
  readonly provider?: ProviderName | undefined
  /** A redis-server or valkey-server; stands before every other place. */
  readonly binary?: string | undefined
  /** Bytes, or as redis.conf has it: `64mb`. */
  readonly maxmemory?: number | string | undefined
  /** `maxmemory-policy`. */
  readonly policy?: string | undefined
  /** Any directive of redis.conf. Verified by CONFIG GET after the start. */
  readonly config?: Readonly<Record<string, string | number | boolean>> | undefined
  /**
   * Modules by what they can do: `json`, `bloom`, `search`, `timeseries`, from the server itself or a file of the system; or paths of module files.
   * @default none
   */
  readonly modules?: readonly string[] | undefined
}

/** A running Redis or Valkey. */
export interface RedisServer extends Server {
  /** `redis` or `valkey`, as the server says. */
  readonly flavour: 'redis' | 'valkey'
  /** Names of the loaded modules, as `MODULE LIST` has them. */
  readonly modules: readonly string[]
  /** All directives as CONFIG GET had them after the start. */
  readonly config: ReadonlyMap<string, string>
  /** Of a unix socket that only the user running the server can use. */
  readonly socketPath: string
  /** With the password, when `requirepass` is set. */
  readonly url: string
  /** Starts the server again, with the settings of its first start, on its socket and `port`. Settles when it has answered PING. */
  readonly restart: (options: RedisRestart) => Promise<void>
}

export interface RedisRestart {
  readonly port: number
  /** Whether the keys are saved before, and loaded again. They are in any case where the server's own settings say so. */
  readonly keepData: boolean
}
