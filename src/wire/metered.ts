/** What the tap counts of one store without keeping it: plain data. */
export interface MeteredStore {
  /** Answered, blocking commands among them. */
  readonly exchanges: number
  /** Sum of their times on the wire, without commands that may wait as long as they like. */
  readonly wireMs: number
  /** Those times, as an encoded histogram. */
  readonly latency: string
  /** By SQLSTATE, or the first word of Redis' error. */
  readonly errors: readonly Counted[]
  /** Connections that the server did not let in, by SQLSTATE. */
  readonly refused: readonly Counted[]
  readonly peakConnections: number
  readonly peakInFlight: number
  readonly requestBytes: number
  readonly replyBytes: number
  readonly hits: number
  readonly misses: number
}

export interface Counted {
  readonly kind: string
  readonly count: number
}

/** What was counted between two moments. */
export interface Metered {
  readonly postgres: MeteredStore
  readonly redis: MeteredStore
  /** Connections that the tap has read since the suite opened. */
  readonly connectionsSeen: number
  /** Share of the time in which the tap's own event loop was busy. */
  readonly utilization: number
}
