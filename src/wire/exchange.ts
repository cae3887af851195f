/**
 * What the tap writes down and hands over: plain data, which crosses threads and processes. Bytes are latin1 texts, one character a byte,
 * because a hundred thousand small buffers cost ten times their content.
 */
export interface Traffic {
  readonly connections: readonly ConnectionTraffic[]
  /** In the order in which the requests arrived. */
  readonly exchanges: readonly Exchange[]
  /** Shapes of plans, which `PlanText` refers to. */
  readonly planShapes: readonly string[]
  /** How long the window was open, in milliseconds. */
  readonly durationMs: number
  /** Another window of the same suite was open at some time of this one: both saw the same traffic. */
  readonly isOverlapping: boolean
  /** How many connections the tap has read since the suite opened, those that have gone too; those carried unread are not among them. */
  readonly connectionsSeen: number
  /** When the window was opened by the suite's clock, in milliseconds since 1970. */
  readonly openedAtMs: number
  /** Of the suite's clock, while the window was open. */
  readonly jumps: readonly ClockJump[]
  readonly replication: ReplicationTraffic
}

/** What is known of the replicas of the suite's Postgres. */
export interface ReplicationTraffic {
  /** How many the stack has. */
  readonly replicas: number
  /** When replays stood still, in the order in which they stopped. */
  readonly holds: readonly ReplayHold[]
}

/** The replay of one replica stood still. */
export interface ReplayHold {
  /** Its number: the first is 0. */
  readonly replica: number
  /** Positions on the timeline. @default from before it, or to after it */
  readonly from: number | undefined
  readonly to: number | undefined
}

/** The suite's clock was set ahead, or back to the machine's time. */
export interface ClockJump {
  /** Position on the timeline. */
  readonly at: number
  /** Milliseconds since the window was opened. */
  readonly atMs: number
  /** How far, in milliseconds. */
  readonly byMs: number
}

export type Exchange = StatementExchange | CommandExchange | CallExchange

/** One connection of an application, at the end of a recording or now. */
export interface ConnectionTraffic {
  readonly id: number
  readonly store: 'postgres' | 'redis'
  /** What the client called itself: `application_name`, or CLIENT SETNAME. */
  readonly name: string
  readonly user: string
  readonly database: string
  /** The instance of an application that it came from, where `startApp` gave that one a port of its own. */
  readonly instance: string | undefined
  /** The number of the replica that it leads to. @default it leads to the primary, or to Redis */
  readonly replica?: number
  /** Of Postgres, as `pg_backend_pid()` and the server's own messages have it. */
  readonly processId: number | undefined
  /** Positions on the timeline; undefined: open before, or after, the window. */
  readonly openedAt: number | undefined
  readonly closedAt: number | undefined
  /** PostgreSQL's transaction status at the end of the window: idle, in a transaction, in a failed one. Redis: `T` between MULTI and EXEC. */
  readonly status: TransactionStatus
  /** Why the tap ended the connection, where it did. */
  readonly endedBecause: string | undefined
  /** The error with which the server, or an outage, did not let the client in: 53300 and its like. @default it did, or has not answered */
  readonly refusal?: { readonly code: string; readonly message: string }
  /** What an outage did to the connection itself, in words. @default nothing */
  readonly steered?: string
  /** Replies of Redis that no request asked for, as far as the tap can tell. */
  readonly orphans: number
}

export type TransactionStatus = 'I' | 'T' | 'E'

interface ExchangeBase {
  /** `ConnectionTraffic.id` */
  readonly connection: number
  /** Positions of the request and of its whole reply on one timeline of all. The end is undefined while there is no whole reply. */
  readonly start: number
  readonly end: number | undefined
  /** Milliseconds since the window was opened. */
  readonly startMs: number
  readonly endMs: number | undefined
  readonly requestBytes: number
  readonly replyBytes: number
  /** What a rule did to it, in words: `held 12 ms`, `reply replaced`. */
  readonly steered: string | undefined
}

/** One Query message, or one Execute with the Parse and Bind that it runs, and all that came back. */
export interface StatementExchange extends ExchangeBase {
  readonly store: 'postgres'
  /** `prepare`: a Parse or Describe that was followed by Sync without an Execute, kept only when it failed. */
  readonly protocol: 'simple' | 'extended' | 'prepare' | 'function'
  /** As the client sent it. Cut at 64 kB; `requestBytes` says how long it was. */
  readonly sql: string
  /** Of the prepared statement; '' for the unnamed one. */
  readonly statementName: string
  readonly parameters: readonly BoundParameter[]
  /** True for an Execute with a row limit: a cursor's fetch. */
  readonly isPartial: boolean
  /** One for each statement of a simple Query that completed, in order; one for an Execute. */
  readonly results: readonly StatementResult[]
  readonly error: StatementError | undefined
  /** The transaction status before and after, as ReadyForQuery has it. */
  readonly statusBefore: TransactionStatus
  readonly statusAfter: TransactionStatus | undefined
  /** Set when plans are on and there is none. */
  readonly planUnavailable: string | undefined
  /** Which server it was sent to, as what that served then. */
  readonly server: PostgresRole
  /** The number of the replica; undefined for the primary that the suite started with. */
  readonly replica: number | undefined
  /** Of what a replica answers, and of what may commit where there are replicas. */
  readonly log: LogMarks | undefined
}

export type PostgresRole = 'primary' | 'replica'

/**
 * Positions of the log, as PostgreSQL writes them: `0/3000148`. Of the primary, how long its log was; of a replica, up to where it had replayed.
 */
export interface LogMarks {
  /** Just before the server got the statement. */
  readonly before: string | undefined
  /** When its reply was complete, before the client had it. */
  readonly after: string | undefined
}

export interface BoundParameter {
  /** The type's OID, where the client or the server named it; else 0. */
  readonly type: number
  readonly format: 'text' | 'binary'
  /** latin1 bytes, cut at 4 kB. */
  readonly value: string | null
}

export interface StatementResult {
  /** The command tag, `INSERT 0 1`; `''` for an empty query; `suspended` for a cursor that has more. */
  readonly tag: string
  readonly dataRows: number
  readonly copy: 'in' | 'out' | undefined
  /** Outermost last, as the server ends them. Those of foreign-key checks are folded by constraint. */
  readonly plans: readonly PlanText[]
}

/** The message of auto_explain: the JSON with its numbers taken out, and the numbers. Equal statements share a shape. */
export interface PlanText {
  readonly shape: number
  /** In the order of their places, joined by commas. */
  readonly numbers: string
  /** Texts with a literal in them, likewise: see `foldNumbers`. */
  readonly texts: string
  /** 0 for the statement itself, 1 for what a function or trigger of it ran, and so on. */
  readonly depth: number
  /** How many plans of this shape and depth are folded into this one, which is the worst of them. */
  readonly times: number
  /** Of folded plans: the sums of their numbers, place by place. */
  readonly totals: string | undefined
}

export interface StatementError {
  /** SQLSTATE */
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly detail: string | undefined
  readonly constraint: string | undefined
}

export interface CommandExchange extends ExchangeBase {
  readonly store: 'redis'
  /** The arguments, the command's name first, each latin1 bytes cut at 4 kB; the rest is in `requestBytes`. */
  readonly args: readonly string[]
  /** Where among the arguments the keys are, by the server's own COMMAND; undefined where only the server could say. */
  readonly keyPositions: readonly number[] | undefined
  /** The whole reply as RESP where it is small, else a digest. Undefined: none has come, or none ever will (CLIENT REPLY OFF). */
  readonly reply: string | ReplyDigest | undefined
  /** Sent between MULTI and EXEC; then `reply` is the command's own element of EXEC's reply. */
  readonly inTransaction: boolean
  /** A script or function: keys known, what happens inside is not. */
  readonly isScript: boolean
  /** May wait for as long as it likes (BLPOP, XREAD BLOCK, WAIT). */
  readonly isBlocking: boolean
  readonly resp: 2 | 3
  /** The number that SELECT chose. */
  readonly database: number
}

/** One request to an upstream, and what came of it. Bytes are those of the bodies. */
export interface CallExchange extends ExchangeBase {
  readonly store: 'upstream'
  /** Its name. */
  readonly upstream: string
  readonly method: string
  /** With the query. */
  readonly path: string
  /** As it was defined. Undefined: none was. */
  readonly route: string | undefined
  /** Names in small letters. */
  readonly requestHeaders: Readonly<Record<string, string>>
  /** Text, cut at 4 kB. */
  readonly requestBody: string
  /** What the client was told. Undefined: nothing. */
  readonly status: number | undefined
  readonly replyHeaders: Readonly<Record<string, string>>
  readonly replyBody: string
  /** Why the client was not told all: `reset`, `aborted by the client` … */
  readonly failure: string | undefined
  /** What the test forgot: a route, or an answer of its function. */
  readonly problem: string | undefined
}

/** A reply that was too large to keep: its kind, and for an aggregate which of its elements were null. */
export interface ReplyDigest {
  readonly kind: string
  readonly elements: number
  /** One character an element: `0` null, `1` a value; of the first 65,536. */
  readonly presence: string
}
