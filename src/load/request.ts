/** What a function under load is told about the request that it makes. */
export interface LoadRequest {
  /** From 0, those of the warm-up counted. */
  readonly index: number
  /** Of a fixed number of users: which, from 1. In the open model each request is another user's: `index + 1`. */
  readonly user: number
  /** Aborted when the request is given up, after `timeoutMs`. */
  readonly signal: AbortSignal
}

/** Makes one request. What it gives, or throws, tells whether it succeeded. */
export type LoadFunction = (request: LoadRequest) => unknown
