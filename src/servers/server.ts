import type { ProcessExit, ProcessUser } from '../primitives/supervised-process.js'
import type { CountedClient } from './postgres/counted-client.js'
import type { ServerClock } from './clock/server-clock.js'
import type { ServerCondition } from './server-process.js'
import type { ServerTls } from './server-tls.js'

/** How a server is had: from npm packages, from what the system has installed, in a container, or because somebody else runs it. */
export type ProviderName = 'embedded' | 'system' | 'container' | 'external'

/** The providers whose servers are processes and files of ours. */
export type LocalProviderName = Extract<ProviderName, 'embedded' | 'system'>

/** A server that exists already. */
export interface ExternalProvider {
  /** As the server's clients have it: `postgresql://user:password@host:5432/database?sslmode=verify-full`, `rediss://:password@host:6379`. */
  readonly url: string
}

/** A Redis that exists already. */
export interface ExternalRedisProvider extends ExternalProvider {
  /**
   * Each suite gets a prefix for its keys, `suite.redis.keyPrefix`, instead of a logical database of its own. Weaker: the application has to put it
   * before every key, and nothing keeps it from others' keys. @default false
   */
  readonly keyPrefix?: boolean | undefined
}

/** How somebody wants a server to be had. */
export type ProviderWish = LocalProviderName | 'container' | ExternalProvider

/** A version as the server says it. */
export interface ServerVersion {
  /** As printed: `18.4`, `7.0.15`. */
  readonly text: string
  readonly major: number
  readonly minor: number
}

/**
 * What every server has, whatever its provider. A server need not be a process and files of ours: a provider leaves `pid`, `control` and `files`
 * undefined where it has none, and what needs them is then refused by name.
 */
export interface Server {
  readonly provider: ProviderName
  readonly version: ServerVersion
  /** An address and never a name where the server is ours: no resolver, no IPv6 race. */
  readonly host: string
  readonly port: number
  /** Of the server process, where it is one of this machine. For messages and tests. */
  readonly pid: number | undefined
  /** Settles when the server has ended and is not to come back, whoever ended it; not by `kill` and `restart`. Never where nobody can tell. */
  readonly exited: Promise<ProcessExit>
  /** `undefined`: the server is not ours to pause, kill or restart. */
  readonly control: ServerControl | undefined
  /** The last lines of the server's log; none where it cannot be read. */
  readonly lastLog: (lines?: number) => readonly string[]
  /** Ends a server of ours and removes its directory. Calling it again waits for the first call. */
  readonly stop: () => Promise<void>
  /** Lets the server live on after us (`keep`); its supervisor still removes its directory once somebody ends it. */
  readonly leave: () => void
}

/** What can be done to a server as a whole. */
export interface ServerControl {
  readonly condition: () => ServerCondition
  /** Freezes the server, with all its processes, until `resume`. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** A crash: ends all its processes in one moment. Its files stay for a restart. */
  readonly kill: () => Promise<void>
}

/** A server whose process and files are ours. */
export type Local<AnyServer extends Server> = {
  readonly [Name in keyof AnyServer]: Name extends 'pid' | 'control' | 'files' | 'images' ? NonNullable<AnyServer[Name]> : AnyServer[Name]
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
  readonly provider?: LocalProviderName | undefined
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

/** What a Postgres in a container is started from. */
export interface PostgresContainerOptions extends Pick<PostgresServerOptions, 'version' | 'settings' | 'locale' | 'extensions'> {
  /**
   * An image that is used as the official one is: `postgres:17`, `pgvector/pgvector:pg17`, `paradedb/paradedb:latest` … Downloaded when the engine does not
   * have it. @default the official image, of `version`
   */
  readonly image?: string | undefined
}

/** What a Postgres is had by. */
export interface PostgresServerWish extends Omit<PostgresServerOptions, 'provider'>, Pick<PostgresContainerOptions, 'image'> {
  readonly provider?: ProviderWish | undefined
}

/** A Postgres that accepts connections. */
export interface PostgresServer extends Server {
  readonly admin: PostgresAdmin
  /**
   * Others use it too: only what carries our stamp is ours, roles and settings are left alone, and it is not ours to slow down. Where it is false the
   * cluster is private to us, so that roles and databases need no prefix.
   */
  readonly isShared: boolean
  readonly rights: PostgresRights
  /** `undefined`: it is reached by connections alone. */
  readonly files: PostgresFiles | undefined
  /** `undefined`: what was made on it cannot be kept for the next run. */
  readonly images: PostgresImages | undefined
  readonly control: PostgresServerControl | undefined
  /** How the collation was had, such as `icu en-US` or `libc en_US.UTF-8`. */
  readonly collation: string
  readonly clock: ServerClock
  /**
   * The administrator's session that has set the server up, for the first who asks, so that the start has one connection less. It is theirs to end. `undefined`: there is
   * none, or it is gone.
   */
  readonly takeSession?: () => CountedClient | undefined
}

/** A Postgres whose process and files are ours. */
export type LocalPostgresServer = Local<PostgresServer>

/** How hotbed logs in to do what is not the application's: as a superuser, where the server is ours. */
export interface PostgresAdmin {
  /** An address, a name, or the directory of a unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** Over TCP; new for each start of a server of ours. */
  readonly password: string | undefined
  /** Where to log in when it is about no other database. */
  readonly database: string
  readonly isSuperuser: boolean
  /** What clients need in a URL besides, such as `sslmode=verify-full`; empty for nothing. */
  readonly parameters: string
  /** `undefined`: in the clear. */
  readonly tls: ServerTls | undefined
}

/** What the administrator may do, and what the server bears. */
export interface PostgresRights {
  /** False: suites get schemas in the one database that there is. */
  readonly createDatabase: boolean
  /**
   * Clones are made by copying files (`STRATEGY FILE_COPY`), which checkpoints all databases before and after: quick where nothing is synced to disk, a
   * burden for everybody else where it is.
   */
  readonly copyFiles: boolean
  /** Why auto_explain cannot send plans here. @default it can */
  readonly plansUnavailable: string | undefined
}

/** The files of a Postgres as seen from here. */
export interface PostgresFiles {
  readonly dataDirectory: string
  /** Of the unix socket, mode 0700; connections there need no password. */
  readonly socketDirectory: string
  /**
   * Starts a standby of this server in `place`, on a copy of its files, for which this one is stopped and started again: connections are cut. Needs the
   * settings `STREAMING`. Settles when the standby lets clients in.
   */
  readonly startStandby: (place: ServerPlace) => Promise<LocalPostgresServer>
}

/** The cluster of a server, kept for the next run. */
export interface PostgresImages {
  /**
   * Everything about binaries, collation, operating system and settings that shapes the files of a cluster.
   * Two servers with equal layouts can boot each other's images.
   */
  readonly layout: string
  /**
   * Stops the server cleanly, copies its cluster to `directory` (which must not exist) and starts it again on the same port. The cluster of a container
   * becomes an image of its engine, which is noted there. Connections are cut.
   */
  readonly save: (directory: string) => Promise<void>
}

export interface PostgresServerControl extends ServerControl {
  /**
   * Starts the server again on its files and its port: `fast` and `immediate` are those of `pg_ctl stop`. One that was killed recovers by its log.
   * Settles when it accepts connections.
   */
  readonly restart: (mode: 'fast' | 'immediate') => Promise<void>
}

/** What a Redis server is started from. */
export interface RedisServerOptions {
  readonly provider?: LocalProviderName | undefined
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

/** What a Redis in a container is started from. Modules are paths in the image. */
export interface RedisContainerOptions extends Omit<RedisServerOptions, 'provider' | 'binary'> {
  /** Whatever speaks like Redis: `redis:8`, `valkey/valkey:8`, `redis/redis-stack-server:latest` … Downloaded when the engine does not have it. @default 'redis:8' */
  readonly image?: string | undefined
}

/** What a Redis is had by. */
export interface RedisServerWish extends Omit<RedisServerOptions, 'provider'>, Pick<RedisContainerOptions, 'image'> {
  readonly provider?: LocalProviderName | 'container' | ExternalRedisProvider | undefined
}

/** A Redis or Valkey that answers. */
export interface RedisServer extends Server {
  /** `redis` or `valkey`, as the server says. */
  readonly flavour: 'redis' | 'valkey'
  /** Names of the loaded modules, as `MODULE LIST` has them. */
  readonly modules: readonly string[]
  /** All directives as CONFIG GET had them at first; none where it is not allowed. */
  readonly config: ReadonlyMap<string, string>
  /** With the password, when there is one. */
  readonly url: string
  /** `undefined`: in the clear. */
  readonly tls: ServerTls | undefined
  readonly files: RedisFiles | undefined
  readonly control: RedisServerControl | undefined
}

/** A Redis whose process and files are ours. */
export type LocalRedisServer = Local<RedisServer>

export interface RedisFiles {
  /** Of a unix socket that only the user running the server can use. */
  readonly socketPath: string
}

export interface RedisServerControl extends ServerControl {
  /** Starts the server again, with the settings of its first start, on its socket and `port`. Settles when it has answered PING. */
  readonly restart: (options: RedisRestart) => Promise<void>
}

export interface RedisRestart {
  readonly port: number
  /** Whether the keys are saved before, and loaded again. They are in any case where the server's own settings say so. */
  readonly keepData: boolean
}
