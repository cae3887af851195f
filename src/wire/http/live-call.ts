import type { CallExchange } from '../exchange.js'

/** A call of an upstream on its way: what will be its exchange. Times are absolute until it is handed over. */
export interface LiveCall extends Omit<{ -readonly [Key in keyof CallExchange]: CallExchange[Key] }, 'store'> {
  readonly store: 'upstream'
}

/** Of a body so much is kept; its length stands beside it. */
const KEPT_BYTES = 4_096

export type CallStart = Pick<CallExchange, 'connection' | 'upstream' | 'method' | 'path' | 'route' | 'requestHeaders'> & {
  readonly body: Buffer
}

/** A request that has come as a whole. Position and time are the suite's to fill in. */
export function startCall({ body, ...start }: CallStart): LiveCall {
  return {
    store: 'upstream',
    ...start,
    start: 0,
    end: undefined,
    startMs: 0,
    endMs: undefined,
    requestBytes: body.length,
    replyBytes: 0,
    steered: undefined,
    requestBody: keep(body),
    status: undefined,
    replyHeaders: {},
    replyBody: '',
    failure: undefined,
    problem: undefined,
  }
}

/** The text of a body, cut. */
export function keep(body: Buffer): string {
  return body.subarray(0, KEPT_BYTES).toString()
}
