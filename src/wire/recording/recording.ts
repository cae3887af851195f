import type { Plan } from '../../plan/plan.js'
import type { ClockJump, ConnectionTraffic, LogMarks, PostgresRole, ReplicationTraffic, StatementError } from '../exchange.js'
import type { Match } from '../match.js'
import type { Lookup } from '../redis/lookups.js'

/** A bound value for people: what `readParameter` makes of it. */
export type StatementValue = string | number | boolean | null

interface Recorded {
  /** The number of its connection. */
  readonly connection: number
  /** Positions of the request and of its whole reply on one timeline of all: a before b is `a.end < b.start`. */
  readonly start: number
  /** Undefined: no whole reply came while it was recorded. */
  readonly end: number | undefined
  /** Milliseconds since the recording began. */
  readonly startMs: number
  readonly endMs: number | undefined
  /** Time on the wire, from the request's arrival to the end of its reply. */
  readonly durationMs: number | undefined
  readonly bytes: { readonly request: number; readonly reply: number }
  /** Done by a client to prepare its session, not asked for by the application. */
  readonly isSetUp: boolean
  /** What a rule did to it, in words. */
  readonly steered: string | undefined
}

/** One SQL statement. Of several in one message each is one; the first of them bears the bytes of all. */
export interface Statement extends Recorded {
  readonly store: 'postgres'
  readonly sql: string
  /** What it has in common with statements that differ in their values only. */
  readonly shape: string
  readonly values: readonly StatementValue[]
  /** Those between BEGIN and COMMIT or ROLLBACK have one number, these two included. Undefined outside of transactions. */
  readonly transaction: number | undefined
  /** The command tag, `INSERT 0 1`. Undefined: it did not complete. */
  readonly tag: string | undefined
  /** Rows returned, or written as the command tag has it. */
  readonly rows: number
  readonly error: StatementError | undefined
  /** `prepare`: it was only parsed, and that failed. */
  readonly protocol: 'simple' | 'extended' | 'prepare' | 'function'
  /** Of the prepared statement; '' for one without a name. */
  readonly statementName: string
  readonly copy: 'in' | 'out' | undefined
  /** A fetch of some of a cursor's rows. */
  readonly isPartial: boolean
  /** Which server it was sent to, by what that served as then. */
  readonly server: PostgresRole
  /** The number of the replica, as `suite.postgres.replicas` has them; undefined for the primary that the suite started with. */
  readonly replica: number | undefined
  /**
   * Where the log of its server was, just before and after: of a replica up to where it had replayed. For statements of replicas, and for those that may
   * commit in a suite with replicas.
   */
  readonly log: LogMarks | undefined
  /** Why there is no plan, where plans were recorded. */
  readonly planUnavailable: string | undefined
  /** For a statement that failed, where a plan can be had without executing it: what the planner would do now, of another session. Only estimates. */
  readonly estimatedPlan: Plan | undefined
  /** The plan that ran, with what it did. Read when it is asked for first. */
  readonly plan: Plan | undefined
  /** What functions, triggers and foreign keys of it ran. Read when it is asked for first. */
  readonly nested: readonly NestedStatement[]
}

/** A statement that the server ran within another. */
export interface NestedStatement {
  readonly sql: string
  /** How often it ran; the plan is then the worst of them. */
  readonly times: number
  /** Of one that ran several times: a plan whose loops, rows and buffers are those of all of them; its estimates are the average. */
  readonly totals: Plan | undefined
  readonly plan: Plan
  readonly nested: readonly NestedStatement[]
}

/** One Redis command. */
export interface Command extends Recorded {
  readonly store: 'redis'
  /** In capitals. */
  readonly name: string
  /** With the name. Bytes that are no UTF-8 are written `\xff`; arguments are cut at 4 kB. */
  readonly args: readonly string[]
  /** By the server's own key specifications. */
  readonly keys: readonly string[]
  /** The error that it was answered with. */
  readonly error: string | undefined
  readonly inTransaction: boolean
  /** A script or function: its keys are known, what happens inside is not. */
  readonly isScript: boolean
  readonly isBlocking: boolean
  /** The number that SELECT chose on its connection. A key of one database is none of another, whatever its name. @default 0 */
  readonly database: number
  /** Undefined: none came. Read when it is asked for first. */
  readonly reply: CommandReply | undefined
  /** Which keys and fields it looked up, and whether they were there. */
  readonly lookups: readonly Lookup[]
}

export interface CommandReply {
  /** `bulk`, `null`, `integer`, `array` … */
  readonly kind: string
  /** In a few words: `nil`, `3`, `[5 elements]`. */
  readonly text: string
}

/** One request to an upstream, a third party that the test has started. */
export interface UpstreamCall extends Recorded {
  readonly store: 'upstream'
  /** Its name. */
  readonly upstream: string
  readonly method: string
  /** With the query. */
  readonly path: string
  /** `GET /shipments/:id`, as it was defined. Undefined: nobody defined one, and the answer was 501. */
  readonly route: string | undefined
  readonly request: HttpMessage
  /** Undefined: the client was not told, or has none yet. */
  readonly status: number | undefined
  readonly response: HttpMessage | undefined
  /**
   * Why it counts as failed: its status from 400 on, `'503'`, or why the client was not told all: `reset`, `aborted by the client`, `truncated after
   * 10 bytes`. `end` is then where that was known.
   */
  readonly error: string | undefined
  /** What the test forgot: a route, or a function's answer. Nothing is judged by such a call. */
  readonly problem: string | undefined
}

export interface HttpMessage {
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  /** As text, cut at 4 kB; `bytes` has its length. */
  readonly body: string
}

export type RecordedEvent = Statement | Command | UpstreamCall

export interface RecordedConnections {
  /**
   * How many the tap has read from when the suite opened to the end of the recording. With 0 nothing is known of the application: it has
   * never come this way.
   */
  readonly seen: number
  /** How many were opened while it was recorded. */
  readonly opened: number
  /** How many were open at the same time, those from before included. */
  readonly peak: { readonly postgres: number; readonly redis: number }
  readonly list: readonly ConnectionTraffic[]
}

/** What a client's pool did, of which the wire shows nothing. */
export interface RecordedPool {
  /** The most requests that waited for a connection at a time. */
  readonly peakWaiting: number
  /** The most connections that it had at a time. */
  readonly peakTotal: number
}

/** The suite's clock while it was recorded. */
export interface RecordedClock {
  /** When the recording began, in milliseconds since 1970. */
  readonly startedAtMs: number
  /** `clock.advance` and the like, in order. */
  readonly jumps: readonly ClockJump[]
}

/** Evidence of `suite.record`: all that was said to Postgres, Redis and upstreams, in order. Immutable. */
export interface Recording<Result = unknown> {
  readonly kind: 'recording'
  /** What the recorded function gave back. */
  readonly result: Result
  /** Without the session set-up of clients. */
  readonly statements: readonly Statement[]
  /** Without the session set-up of clients. */
  readonly commands: readonly Command[]
  /** Of the suite's upstreams. */
  readonly calls: readonly UpstreamCall[]
  /** Statements, commands and calls in the order of their requests. */
  readonly timeline: readonly RecordedEvent[]
  /** What clients did to prepare their sessions: SET, `select version()`, HELLO, CLIENT SETINFO, INFO … */
  readonly setUp: readonly RecordedEvent[]
  readonly connections: RecordedConnections
  /** Of the option `pools`, in its order. Without it nothing is known of who waited for a connection. */
  readonly pools: readonly RecordedPool[]
  /** Another recording of the same suite was open at some time of this one: both have the traffic of both. */
  readonly overlapping: boolean
  readonly durationMs: number
  readonly clock: RecordedClock
  /** The replicas of the suite's Postgres, and when their replay was held. */
  readonly replication: ReplicationTraffic
  /** Only what the match means. @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no match */
  readonly filter: (match: Match) => Recording<Result>
  /**
   * Without what the other has too: for each statement of its, one with the same shape, for each command, one of the same name and keys, for each
   * call, one of the same route is left out, the earliest first.
   */
  readonly minus: (other: Recording) => Recording<Result>
  /** A table. */
  readonly toString: (options?: { readonly setUp?: boolean }) => string
  /** Plain data; plans as their text. */
  readonly toJSON: () => Readonly<Record<string, unknown>>
}

/** True for a `Recording`, also one made by another copy of the package. */
export function isRecording(value: unknown): value is Recording {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'recording' && 'timeline' in value
}

/** True for a `Statement` of a recording, also one made by another copy of the package. */
export function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'store' in value && value.store === 'postgres' && 'sql' in value && 'shape' in value
}
