import type { RecordedPool, Recording } from '../wire/recording/recording.js'
import type { Latencies } from '../primitives/latencies.js'

/** How requests come: `open` as users do, who do not wait for each other, or `closed`, a fixed number of users of whom each waits for its answer. */
export type LoadModel =
  | { readonly kind: 'open'; readonly ratePerSecond: number; readonly arrivals: 'fixed' | 'poisson'; readonly seed: number }
  | { readonly kind: 'closed'; readonly users: number }

/** What became of the requests, those of the warm-up not counted. */
export interface LoadCounts {
  /** Were due by the schedule. In the closed model: issued. */
  readonly scheduled: number
  /** Were sent. */
  readonly issued: number
  readonly succeeded: number
  /** Gave an error, or an answer that counts as one. */
  readonly failed: number
  /** Had not settled after `timeoutMs`. */
  readonly unsettled: number
  /** Were due and never sent: the generator could not, or too many were under way. */
  readonly dropped: number
  /** Were sent while warming up; they are in no other figure. */
  readonly warmUp: number
}

/** Requests that failed in the same way. */
export interface LoadErrors {
  /** SQLSTATE, a code of Node or of a library, `HTTP 503`, or the message; `unsettled` and `dropped` for those. */
  readonly kind: string
  readonly count: number
  /** The first of them: which request, when since the start of the measurement, and what it said. */
  readonly first: { readonly index: number; readonly atMs: number; readonly message: string }
}

/** What the tap counted of one store while it was measured. Set-up of the clients' sessions is among it. */
export interface StoreTraffic {
  /** Statements or commands answered. */
  readonly exchanges: number
  /** Time on the wire of all of them, from the request's arrival at the tap to the end of the reply. */
  readonly wireMs: number
  /** Time on the wire of each. */
  readonly latency: Latencies
  /** `wireMs` of the time of all requests. More than 1 where one request asks several things at once. */
  readonly share: number
  readonly errors: readonly { readonly kind: string; readonly count: number }[]
  /** Connections refused by the server, `53300` among them. */
  readonly refused: readonly { readonly kind: string; readonly count: number }[]
  /** Open at the same time. */
  readonly peakConnections: number
  /** Statements or commands under way at the same time. */
  readonly peakInFlight: number
  readonly bytes: { readonly request: number; readonly reply: number }
  /** Of Redis: keys and fields looked up that were there, and that were not. */
  readonly lookups: { readonly hits: number; readonly misses: number }
}

/** A client's pool under load. */
export interface LoadedPool extends RecordedPool {
  /** Average time that a request waited for a connection, by Little's law: the queue's length over time, divided by the connections given out. */
  readonly meanWaitMs: number
  /** Time that all requests together waited. */
  readonly waitedMs: number
  /** `waitedMs` of the time of all requests. */
  readonly share: number
}

/** One event loop. */
export interface EventLoopFigures {
  /** Share of the time in which it was busy, 0 to 1. */
  readonly utilization: number
  /** How late its timers were. `undefined` where that cannot be watched. */
  readonly delay: { readonly p50Ms: number; readonly p95Ms: number; readonly maxMs: number } | undefined
}

export interface ProcessCpu {
  /** `this process`, or its number. */
  readonly name: string
  readonly pid: number
  /** CPU time over elapsed time: 1 is one core. */
  readonly cores: number
  /**
   * Of the elapsed time, how much its main thread ran, where the event loop of Node is, and how much it waited for a core that others had. Of the
   * processes of an application on Linux.
   */
  readonly mainThread: { readonly ran: number; readonly waited: number } | undefined
}

export interface GeneratorFigures {
  /** `here`: on the event loop of this process, beside the function that it calls. `thread`: on one of its own. */
  readonly place: 'here' | 'thread'
  /** How late requests were sent, beside the schedule. A busy event loop of the function is in it where `place` is `here`. */
  readonly schedulingError: Latencies
  /** Sent less than 95 % of what was due by the end of the schedule, or dropped some. */
  readonly isSaturated: boolean
  readonly eventLoop: EventLoopFigures
}

/** What `suite.load` gives: evidence of a run under load. */
export interface LoadReport {
  readonly kind: 'load-report'
  /** The URL, or the name of the function. */
  readonly target: string
  readonly model: LoadModel
  /** From the end of the warm-up until the last request has settled. */
  readonly durationMs: number
  readonly counts: LoadCounts
  /** Requests a second: asked for, sent, and answered without an error. */
  readonly rate: { readonly offered: number | undefined; readonly issued: number; readonly succeeded: number }
  /** Requests sent and not settled: at the end of the schedule, and at most. */
  readonly backlog: { readonly atEnd: number; readonly peak: number }
  /** Of all requests that were sent, failed ones too, from the moment they were due; those unsettled with the time they had. */
  readonly latency: Latencies
  /** Of those that succeeded. */
  readonly succeeded: Latencies
  /** Share of the scheduled requests that failed, did not settle, or were dropped. */
  readonly errorRate: number
  /** The most frequent first. */
  readonly errors: readonly LoadErrors[]
  /** `undefined`: the stack does not have it. */
  readonly postgres: StoreTraffic | undefined
  readonly redis: StoreTraffic | undefined
  /** Connections that the tap has read since the suite opened. With 0 it knows nothing of what the application asked. */
  readonly connectionsSeen: number
  /** Of the option `pools`, in its order. */
  readonly pools: readonly LoadedPool[]
  /** The event loop of this process. */
  readonly eventLoop: EventLoopFigures
  /** This process with all of its threads first, then those of the option `processes`. */
  readonly cpu: readonly ProcessCpu[]
  readonly generator: GeneratorFigures
  /** The thread of the tap: near 1, the tap is what is measured. */
  readonly tap: EventLoopFigures
  /** With the option `record: true`. */
  readonly recording: Recording | undefined
  /**
   * Milliseconds that so many percent of the requests did not exceed: `percentile(95)`.
   *
   * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` where there are too few requests to tell it from the maximum: `1 / (1 - p / 100)`, so 20 for 95
   */
  readonly percentile: (p: number) => number
  /** A table, with a small histogram. */
  readonly toString: () => string
  /** Plain data. */
  readonly toJSON: () => Readonly<Record<string, unknown>>
}

/** True for a `LoadReport`, also one made by another copy of the package. */
export function isLoadReport(value: unknown): value is LoadReport {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'load-report' && 'latency' in value
}
