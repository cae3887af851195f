import { wrongOption } from '../primitives/options.js'
import type { RedisTenant } from '../servers/redis/external/shared-guard.js'
import type { ServerTls } from '../servers/server-tls.js'
import type { ServerVersion } from '../servers/server.js'
import type { QueryResult } from './sql-client.js'
import type { TableProjection } from './table-statistics.js'
import type { DatasetReport, WeighedValues } from './template-dataset.js'
import type { ThrowAwaySource } from './throw-away.js'

/**
 * How a suite is kept apart from others.
 *
 * - `clone`: a database of its own, on the Postgres that all suites of the run share.
 * - `server`: a Postgres of its own, for tests that change settings or stop the server.
 * - `rollback`: a transaction that is rolled back, on one connection that the test hands to the code under test. The quickest and the least
 *   real: no second connection sees anything, `now()` stands still, deferred constraints, COMMIT, sequences and deadlocks do not behave as in
 *   production, and an application with a pool of its own cannot be tested at all. There is no URL.
 */
export type Isolation = 'clone' | 'server' | 'rollback'

const ISOLATIONS: readonly string[] = ['clone', 'server', 'rollback'] satisfies readonly Isolation[]

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkIsolation(isolation: string): void {
  if (!ISOLATIONS.includes(isolation)) throw wrongOption('isolation', "'clone', 'server' or 'rollback'", isolation)
}

/** What is known of a suite's database. Plain data: it travels between processes. */
export interface PostgresFacts {
  readonly version: ServerVersion
  readonly provider: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** The suite's schema, where the role may not create databases; it is first on the search path. @default the suite has the whole database */
  readonly schema?: string | undefined
  readonly url: string
  readonly adminUrl: string
  readonly collation: string
  /** `undefined` where the server's files are not to be had, as of a container or of a server that somebody else runs. */
  readonly dataDirectory: string | undefined
  /** Why statements bring no plan of their execution here. @default they do */
  readonly plansUnavailable?: string | undefined
  /** `url` past the tap: nothing that goes this way is seen or steered. For measuring latencies, and for what only the server itself can do. */
  readonly directUrl: string
  /** Streaming standbys. @default none */
  readonly replicas: readonly ReplicaFacts[]
}

/** What is known of a replica of a suite's database. It has the same name, user and password there. */
export interface ReplicaFacts {
  readonly host: string
  readonly port: number
  readonly url: string
  /** `url` past the tap: nothing that goes this way is seen or steered. */
  readonly directUrl: string
  readonly adminUrl: string
  readonly dataDirectory: string | undefined
}

/** What is known of a suite's Redis. */
export interface RedisFacts {
  readonly version: ServerVersion
  readonly flavour: 'redis' | 'valkey'
  readonly modules: readonly string[]
  readonly provider: string
  /** The logical database that the suite has, which `url` names. */
  readonly database: number
  /** What every key of the suite has to begin with, on a shared Redis with `keyPrefix`. @default every key is the suite's */
  readonly keyPrefix?: string | undefined
  readonly host: string
  readonly port: number
  readonly url: string
  /** `url` past the tap: nothing that goes this way is seen or steered. */
  readonly directUrl: string
}

export interface SuiteFacts {
  readonly postgres: PostgresFacts | undefined
  readonly redis: RedisFacts | undefined
}

export interface SuiteRoutes {
  /** `undefined`: in the clear. */
  readonly postgresTls: ServerTls | undefined
  readonly redisTls: ServerTls | undefined
  /** Of a Redis that others use, too. */
  readonly redisTenant: RedisTenant | undefined
}

/** What a Redis command is made of. */
export type RedisArgument = string | number | Buffer

/**
 * One suite as its run sees it: facts, and verbs that act on side connections. The verbs take and give plain data, so that a suite can be
 * used from another process in the same way.
 */
export interface SuiteParts {
  readonly facts: SuiteFacts
  /** What the tap has to know of the way to the stores. Not for suites of another process, whose tap is here. */
  readonly routes?: SuiteRoutes | undefined
  readonly verbs: SuiteVerbs
}

/** What a suite's server is asked for. Plain data. */
export type ControlRequest =
  | { readonly act: 'pause' | 'resume' | 'kill' }
  /** `mode` is for Postgres, `keepData` for Redis. */
  | { readonly act: 'restart'; readonly mode?: 'fast' | 'immediate' | undefined; readonly keepData?: boolean | undefined }
  /** Limits that are left out stay as they are. */
  | { readonly act: 'limit'; readonly limits: ServerLimits }
  /** Puts these in the place of all. */
  | { readonly act: 'setLimits'; readonly limits: ServerLimits }

/** What the replicas of a suite's Postgres are asked for: one of them, or all. Plain data. */
export type ReplicationRequest =
  | { readonly act: 'hold' | 'release' | 'bytes'; readonly replica?: number | undefined }
  | { readonly act: 'caughtUp'; readonly replica?: number | undefined; readonly timeoutMs?: number | undefined }
  /** Up to where a replica has replayed, or without one how long the primary's log is. */
  | { readonly act: 'position'; readonly replica?: number | undefined }
  | { readonly act: 'failover' }

/** What a server is held to for the application. */
export interface ServerLimits {
  /** Connections of the application at one time; hotbed's own are not counted. */
  readonly connections?: number | undefined
  /** Redis: `maxmemory`. */
  readonly memory?: number | string | undefined
  /** Redis: `maxmemory-policy`. */
  readonly policy?: string | undefined
}

export interface SuiteVerbs {
  /** Sends one statement as the owner, on the shared side connection or in a session of its own. */
  readonly query: (sql: string, params: readonly unknown[] | undefined, session?: number) => Promise<QueryResult>
  /** Sends one statement to a replica, as the owner. */
  readonly queryReplica: (replica: number, sql: string, params: readonly unknown[] | undefined) => Promise<QueryResult>
  /** Gives bytes, a position of the log, or the number of the replica that has become the primary. */
  readonly replicate: (request: ReplicationRequest) => Promise<number | string | undefined>
  /** Opens a session of its own for statements that belong together; of the owner, unless the superuser is asked for. */
  readonly openSession: (as?: 'superuser') => Promise<number>
  readonly closeSession: (session: number) => Promise<void>
  /**
   * Opens a session of the superuser in a throw-away clone: of the template, or of the hollow database that has its catalogues and statistics and no
   * rows. The suite's own database is not touched.
   */
  readonly openThrowAway: (source: ThrowAwaySource) => Promise<number>
  /** Ends such a session; its database is dropped. */
  readonly closeThrowAway: (session: number) => Promise<void>
  /** Continues the dataset of the template in the suite's database, to new totals by table. */
  readonly grow: (rows: Readonly<Record<string, number>>) => Promise<DatasetReport>
  /** What the dataset of the template says its tables would be like at these totals; nothing for a stack without one. */
  readonly project: (rows: Readonly<Record<string, number>>) => Promise<readonly TableProjection[]>
  /** What the dataset of the template says of a column's values. Refused for a stack without one. */
  readonly weigh: (column: string) => Promise<WeighedValues>
  /**
   * Lets the time of day of the suite's own Postgres be so many milliseconds ahead of the machine's; 0 brings it back. Gives `'moved'`, or
   * `'not moved: '` with the reason.
   */
  readonly movePostgresClock: (aheadMs: number) => Promise<string>
  readonly send: (args: readonly RedisArgument[]) => Promise<unknown>
  /** Acts on the server of a store. Gives the limits as they were before. */
  readonly control: (store: 'postgres' | 'redis', request: ControlRequest) => Promise<ServerLimits>
  /** Brings back what `control` has in effect, and gives it in the words of its calls. */
  readonly takeBack: () => Promise<readonly string[]>
  /** Asks the tap that stands before the stores. Its verbs are in `wire/thread/suite-verbs.ts`. */
  readonly tap: (verb: string, params: readonly unknown[]) => Promise<unknown>
  /** Brings both stores back to the template, under the same URLs; or one of them. */
  readonly reset: (only?: 'redis') => Promise<void>
  /** While it is held, the run makes no spares in the background: something is measured. Ends with the suite. */
  readonly holdSpares: (isHeld: boolean) => Promise<void>
  /** Leaves the suite's stores up when the run ends. `label` says whose they are. */
  readonly keep: (label?: string) => Promise<void>
  readonly dispose: () => Promise<void>
}
